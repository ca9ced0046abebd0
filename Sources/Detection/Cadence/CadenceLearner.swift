/// Finds the cadence of a recording: its tone, and the rule by which that goes on and off.
///
/// Of the tones that stand out of their neighbours in frequency the loudest with a rhythm is meant.
/// What is found counts only if it is recognised in the recording itself.
package struct CadenceLearner: Sendable {
    private enum Limits {
        /// How far the tone stands out in a pulse, in dB.
        static let tone: Float = 7
        /// The same over the whole of its pulses, in dB.
        static let meanTone: Float = 10
        /// How much fainter than the loud ones a frame of a pulse may be, in dB: less than a room
        /// fades out in a gap of 100 ms.
        static let depth: Float = 7
        /// The edges of a pulse are where its level is halved, in dB.
        static let edge: Float = 6
        /// Holes up to so many frames are noise, and so are pulses of fewer frames.
        static let hole = 1
        static let shortestPulse = 3
        /// How many tones are tried.
        static let tones = 12
        /// From how good a score on the recording itself is recognised.
        static let score: Float = 0.5
        static let hopSeconds = 0.4
    }

    private let grid: SpectrumGrid

    /// Prepares for spectra.
    package init(grid: SpectrumGrid) {
        self.grid = grid
    }

    /// Finds the cadence of a recording.
    ///
    /// - Parameter spectra: Power in dB, shape `[frames, grid.binCount]`.
    /// - Returns: What was found, of no class yet.
    /// - Throws: Why there is none; of the loudest tone, if there is one.
    package func learn(
        from spectra: Span<Float>
    ) throws(CadenceLearningFault) -> LearntCadence {
        let bins = grid.bins(in: 200...7_800)
        let tracks = ToneTrack.tracks(
            of: bins,
            in: spectra,
            grid,
            leastTonalFrames: Limits.shortestPulse
        )
        let tones = tracks.enumerated().compactMap { index, track in
            track.flatMap { tone(of: $0, bin: bins.lowerBound + index) }
        }.sorted { $0.energy > $1.energy }
        var tried: [Int] = []
        var firstFault: CadenceLearningFault?
        for tone in tones where tried.count < Limits.tones {
            guard tried.allSatisfy({ abs($0 - tone.bin) > ToneTrack.reach / 2 }) else { continue }
            tried.append(tone.bin)
            do throws(CadenceLearningFault) {
                return try learn(tone, from: spectra)
            } catch {
                firstFault = firstFault ?? error
            }
        }
        throw firstFault ?? .noTone
    }

    private func learn(
        _ tone: Tone,
        from spectra: Span<Float>
    ) throws(CadenceLearningFault) -> LearntCadence {
        let hertz = Double(tone.bin) * grid.binHz
        let rhythm = try Rhythm(
            of: tone.pulses,
            frameCount: spectra.count / grid.binCount,
            frameSeconds: grid.frameSeconds,
            hertz: hertz
        )
        var cadence = rhythm.cadence
        let reach = max(60, hertz * 0.03)
        let range = ((hertz - reach) / 10).rounded() * 10...((hertz + reach) / 10).rounded() * 10
        cadence.frequencyHz =
            max(200, Float(range.lowerBound))...min(7_800, Float(range.upperBound))
        guard isRecognized(cadence, in: spectra) else { throw .notRecognized(hertz: hertz) }
        return LearntCadence(cadence: cadence, toneHz: hertz, groups: rhythm.groups)
    }

    // MARK: - Tones

    /// A frequency at which something goes on and off.
    private struct Tone {
        let bin: Int
        let pulses: [Range<Int>]
        let energy: Float
    }

    private func tone(of track: ToneTrack, bin: Int) -> Tone? {
        // Most frequencies have no pulse at all.
        let starts = 0..<max(0, track.frameCount - Limits.shortestPulse + 1)
        guard starts.contains(where: { isTonal(track, from: $0) }) else { return nil }
        let frames = (0..<track.frameCount).map { track.levels($0..<$0 + 1) }
        let tonal = frames.filter { $0.tone >= Limits.tone }.map(\.level).sorted()
        guard !tonal.isEmpty else { return nil }
        let loud = tonal[tonal.count * 9 / 10]
        let isOn = frames.map { $0.tone >= Limits.tone && $0.level >= loud - Limits.depth }
        let pulses = runs(of: isOn).compactMap { run -> Range<Int>? in
            let levels = frames[run].map(\.level)
            let edge = levels.sorted()[levels.count / 2] - Limits.edge
            guard let first = levels.firstIndex(where: { $0 >= edge }),
                let last = levels.lastIndex(where: { $0 >= edge })
            else { return nil }
            let trimmed = run.lowerBound + first..<run.lowerBound + last + 1
            return trimmed.count >= Limits.shortestPulse ? trimmed : nil
        }
        let count = pulses.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        var (sum, energy): (Float, Float) = (0, 0)
        for pulse in pulses {
            let tone = track.levels(pulse).tone
            sum += Float(pulse.count) * tone
            energy += Float(pulse.count) * Decibels.meanSquare(ofLevel: tone)
        }
        guard sum / Float(count) >= Limits.meanTone else { return nil }
        return Tone(bin: bin, pulses: pulses, energy: energy)
    }

    private func isTonal(_ track: ToneTrack, from frame: Int) -> Bool {
        track.tone(frame..<frame + Limits.shortestPulse) >= Limits.meanTone
    }

    /// Stretches that are on, small holes closed.
    private func runs(of isOn: [Bool]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, on) in isOn.enumerated() where on {
            if let last = runs.last, index - last.upperBound <= Limits.hole {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    // MARK: - Proof

    private func isRecognized(_ cadence: Cadence, in spectra: Span<Float>) -> Bool {
        var named = cadence
        named.className = "learnt"
        let scorer = CadenceScorer([named], classNames: [named.className], grid: grid)
        return Self.isFound(in: spectra, grid, windowSeconds: cadence.windowSeconds) { window in
            scorer.scores(of: window)[0] >= Limits.score
        }
    }

    /// Whether a window of a recording is recognised, with what is usual in it before and after.
    ///
    /// - Parameters:
    ///   - spectra: The recording; power in dB, shape `[frames, grid.binCount]`.
    ///   - grid: What the spectra are.
    ///   - windowSeconds: The length of the windows.
    ///   - isRecognized: Judges one.
    /// - Returns: Whether one was.
    static func isFound(
        in spectra: Span<Float>,
        _ grid: SpectrumGrid,
        windowSeconds: Double,
        _ isRecognized: (Span<Float>) -> Bool
    ) -> Bool {
        let window = max(2, Int((windowSeconds / grid.frameSeconds).rounded(.up)))
        let frameCount = spectra.count / grid.binCount
        let quiet = (0..<grid.binCount).map { bin in
            let levels = (0..<frameCount).map { spectra[$0 * grid.binCount + bin] }.sorted()
            return levels[levels.count / 5]
        }
        var padded: [Float] = []
        for _ in 0..<window { padded += quiet }
        for index in spectra.indices { padded.append(spectra[index]) }
        for _ in 0..<window / 2 { padded += quiet }
        let hop = max(1, Int(Limits.hopSeconds / grid.frameSeconds))
        let length = window * grid.binCount
        return stride(from: 0, through: padded.count - length, by: hop * grid.binCount).contains {
            isRecognized(padded.span.extracting($0..<$0 + length))
        }
    }
}

/// A cadence that was found in a recording.
package struct LearntCadence: Equatable, Sendable {
    /// The cadence, of no class yet.
    package var cadence: Cadence
    /// The frequency of its tone, in Hz.
    package var toneHz: Double
    /// How many whole groups of pulses were found.
    package var groups: Int
}

/// Why a recording shows no cadence.
package enum CadenceLearningFault: Error, Equatable, Sendable {
    /// Nothing in it is a steady tone.
    case noTone
    /// Its tone does not go off.
    case noPause(hertz: Double)
    /// Its tone was heard once or twice only.
    case tooFewPulses(hertz: Double)
    /// The pulses or gaps of its tone differ too much.
    case noRhythm(hertz: Double, shortestSeconds: Double, longestSeconds: Double)
    /// Its pulses come in groups of different numbers.
    case unequalGroups(hertz: Double, sizes: [Int])
    /// Its pulses, gaps or groups are too short or too long to be recognised.
    case outOfRange(hertz: Double, what: String, seconds: Double, allowed: String)
    /// What was found is not recognised in the recording itself: too noisy, or with other tones.
    case notRecognized(hertz: Double)
}

extension CadenceLearningFault: CustomStringConvertible {
    /// One line: what was found, and what to do.
    package var description: String {
        switch self {
        case .noTone:
            "no steady tone stands out of the rest. Record it nearer and without other sound"
        case .noPause(let hertz):
            "the tone of \(Int(hertz)) Hz does not go off. A continuous tone has no cadence"
        case .tooFewPulses(let hertz):
            "the tone of \(Int(hertz)) Hz is not heard often enough. Record two repetitions or more, "
                + "or three pulses, with quiet before and after"
        case .noRhythm(let hertz, let shortest, let longest):
            "the tone of \(Int(hertz)) Hz has no rhythm: lengths that should be equal differ from "
                + "\(Self.text(shortest)) to \(Self.text(longest)) s. Record it without other sound"
        case .unequalGroups(let hertz, let sizes):
            "the tone of \(Int(hertz)) Hz has no rhythm: its groups have "
                + "\(sizes.map(String.init).joined(separator: ", ")) pulses. Record it without other "
                + "sound"
        case .outOfRange(let hertz, let what, let seconds, let allowed):
            "the tone of \(Int(hertz)) Hz can't be recognised by its cadence: \(what) "
                + "\(Self.text(seconds)) s, allowed: \(allowed)"
        case .notRecognized(let hertz):
            "the rhythm of the tone of \(Int(hertz)) Hz is not clear enough to be recognised. Record "
                + "it nearer and without other sound"
        }
    }

    private static func text(_ seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
