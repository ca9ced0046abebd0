/// A tone that goes on and off by a rule, as that of a smoke alarm does.
///
/// A group of pulses of one frequency, a pause, and the same again. Temporal-three of ISO 8201 and
/// NFPA 72 is three pulses of 0.5 s with gaps of 0.5 s in a period of 4 s.
package struct Cadence: Equatable, Sendable {
    /// The class that a sound with this cadence is of.
    package var className = ""
    /// Where the tone may lie, in Hz.
    package var frequencyHz: ClosedRange<Float> = 2_800...3_600
    /// The length of a pulse in seconds.
    package var onSeconds = 0.5
    /// The gap between two pulses of a group in seconds.
    package var offSeconds = 0.5
    /// How many pulses a group has.
    package var pulses = 3
    /// From the beginning of a group to that of the next, in seconds.
    package var periodSeconds = 4.0
    /// How many groups must have been heard, 1 or 2.
    package var repetitions = 2
    /// How much faster or slower than described it may be, as a share of every length.
    package var tolerance = 0.15

    /// Creates the cadence of a smoke alarm, of no class.
    package init() {}

    /// From the beginning of a group's first pulse to the end of its last, in seconds.
    package var groupSeconds: Double {
        Double(pulses) * onSeconds + Double(pulses - 1) * offSeconds
    }

    /// From the end of a group to the beginning of the next, in seconds.
    package var pauseSeconds: Double { periodSeconds - groupSeconds }

    /// How much sound must be looked at, in seconds, for the groups asked for to be in it whole,
    /// wherever in its period the alarm is, and however slow.
    package var windowSeconds: Double {
        (Double(repetitions) * periodSeconds + groupSeconds) * (1 + tolerance)
    }
}

/// Where the pulses and gaps of a group lie, at one speed, in frames from its beginning.
struct GroupTemplate {
    struct Pulse {
        var whole: Range<Int>
        /// Parts that each must be tonal, so that a pulse has no hole.
        var parts: [Range<Int>]
    }

    /// From one speed to the next.
    static let scaleStep = 0.04

    let scale: Double
    let length: Int
    private(set) var pulses: [Pulse] = []
    private(set) var gaps: [Range<Int>] = []
    /// Whether gaps are so short that a room fills them.
    let gapsAreShort: Bool

    /// The templates of all speeds that a cadence allows.
    static func all(of cadence: Cadence, frameSeconds: Double) -> [GroupTemplate] {
        let steps = Int((cadence.tolerance / scaleStep).rounded(.up))
        return (-steps...steps).map {
            GroupTemplate(cadence, scale: 1 + Double($0) * scaleStep, frameSeconds: frameSeconds)
        }
    }

    private init(_ cadence: Cadence, scale: Double, frameSeconds: Double) {
        self.scale = scale
        let (on, off) = (
            cadence.onSeconds * scale / frameSeconds, cadence.offSeconds * scale / frameSeconds
        )
        gapsAreShort = cadence.offSeconds < 0.3
        length = Int((cadence.groupSeconds * scale / frameSeconds).rounded())
        let margin = on > 12 ? 2 : 1
        for index in 0..<cadence.pulses {
            let start = Double(index) * (on + off)
            let (first, end) = (Int(start.rounded()), Int((start + on).rounded()))
            let inner = first + margin..<max(first + margin + 1, end - margin)
            pulses.append(Pulse(whole: inner, parts: Self.parts(of: inner, around: 5)))
            guard index + 1 < cadence.pulses else { break }
            let next = Int((start + on + off).rounded())
            // A room needs time to fade out.
            let faded = end + max(1, (next - end) * 2 / 5)
            gaps.append(faded..<max(faded + 1, next - 1))
        }
    }

    /// Divides frames into equal parts of about so many.
    static func parts(of frames: Range<Int>, around length: Int) -> [Range<Int>] {
        let count = max(1, frames.count / length)
        return (0..<count).map { part in
            let lower = frames.lowerBound + frames.count * part / count
            return lower..<frames.lowerBound + frames.count * (part + 1) / count
        }
    }
}

extension Range<Int> {
    func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}

/// Scores the classes of some cadences and tunes: what stands in a network's place where sounds have
/// a rule.
package struct CadenceScorer: Sendable {
    /// Cadences whose tones may lie in the same bins, and the class of each.
    private struct Register {
        let bins: ClosedRange<Int>
        var matchers: [(matcher: CadenceMatcher, classIndex: Int)]
    }

    private let grid: SpectrumGrid
    private let classCount: Int
    private let registers: [Register]
    private let tunes: [(matcher: TuneMatcher, classIndex: Int)]

    /// Prepares for cadences and tunes.
    ///
    /// - Parameters:
    ///   - cadences: The cadences, each of one of the classes.
    ///   - tunes: The tunes, likewise.
    ///   - classNames: The classes.
    ///   - grid: What the spectra are.
    package init(
        _ cadences: [Cadence],
        _ tunes: [Tune] = [],
        classNames: [String],
        grid: SpectrumGrid
    ) {
        func index(_ name: String) -> Int {
            guard let index = classNames.firstIndex(of: name) else {
                preconditionFailure("'\(name)' is one of the classes")
            }
            return index
        }
        self.grid = grid
        classCount = classNames.count
        var registers: [Register] = []
        for cadence in cadences {
            let entry = (CadenceMatcher(cadence, grid: grid), index(cadence.className))
            if let same = registers.firstIndex(where: { $0.bins == entry.0.bins }) {
                registers[same].matchers.append(entry)
            } else {
                registers.append(Register(bins: entry.0.bins, matchers: [entry]))
            }
        }
        self.registers = registers
        self.tunes = tunes.map { (TuneMatcher($0, grid: grid), index($0.className)) }
    }

    /// Scores a window.
    ///
    /// - Parameter spectra: Power in dB, shape `[frames, grid.binCount]`.
    /// - Returns: For each class the score of the best of its cadences and tunes, 0 to 1; from 0.5 on it was
    ///   there, ending in the last half of the window.
    package func scores(of spectra: Span<Float>) -> [Float] {
        var scores = [Float](repeating: 0, count: classCount)
        for register in registers {
            let least = register.matchers.map(\.matcher.leastTonalFrames).min() ?? 0
            let tracks = ToneTrack.tracks(
                of: register.bins,
                in: spectra,
                grid,
                leastTonalFrames: least
            )
            for (matcher, classIndex) in register.matchers {
                scores[classIndex] = max(scores[classIndex], matcher.score(of: tracks))
            }
        }
        for (matcher, classIndex) in tunes {
            scores[classIndex] = max(scores[classIndex], matcher.score(of: spectra))
        }
        return scores
    }
}
