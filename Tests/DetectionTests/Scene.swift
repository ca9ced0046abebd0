@testable import Detection

/// A made-up stretch of sound with known sounds in it, and what an ideal network would score.
///
/// One class, named "bark" and the first of two. A window scores high when it holds at least
/// `neededSeconds` of a sound, as networks do.
struct Scene {
    static let sampleRateHz = 16_000
    static let hopLength: Int64 = 3_840
    static let windowLength: Int64 = 15_600

    /// A sound of the class, or with `score` 0 one that is none.
    struct Sound {
        var startSeconds: Double
        var endSeconds: Double
        var levelDBFS: Float = -20
        var score: Float = 0.98
    }

    var seconds: Double
    var sounds: [Sound]
    var backgroundDBFS: Float = -80
    var neededSeconds = 0.15
    var gate: GateSettings? = GateSettings()

    /// The hops of the scene; the first is as long as a window.
    func hops(from first: SampleTime = .zero) -> [ScoredHop] {
        let end = SampleTime(time(seconds))
        let grid = EnvelopeGrid(sampleRateHz: Self.sampleRateHz)
        var silence = gate.map { SilenceGate(settings: $0, sampleRateHz: Self.sampleRateHz) }
        var hops: [ScoredHop] = []
        var lower = first
        var upper = first + Self.windowLength
        while upper <= end {
            let hop = lower..<upper
            let window = (upper - Self.windowLength)..<upper
            let envelope = grid.blocks(endingIn: hop).map { energy(from: grid.start(ofBlock: $0)) }
            let state = silence?.update(envelope, over: hop) ?? .open
            let mean = envelope.reduce(0, +) / Float(envelope.count)
            hops.append(
                ScoredHop(
                    window: window,
                    hop: hop,
                    gate: state,
                    scores: state == .open ? [score(of: window), 0.01] : [],
                    levelDBFS: Decibels.level(ofMeanSquare: mean),
                    envelope: envelope
                )
            )
            lower = upper
            upper = upper + Self.hopLength
        }
        return hops
    }

    /// The events of the scene.
    func events(_ rule: ClassRule = ClassRule()) -> [DetectedEvent] {
        var settings = DetectionSettings()
        settings.defaults = rule
        return Self.events(of: hops(), settings: settings)
    }

    /// The events that a detector makes of hops, each checked to have begun before it ended.
    static func events(
        of hops: [ScoredHop],
        settings: DetectionSettings = DetectionSettings()
    )
        -> [DetectedEvent]
    {
        var detector = EventDetector(
            classNames: ["bark", "siren"],
            settings: settings,
            sampleRateHz: sampleRateHz
        )
        var transitions = hops.flatMap { detector.update($0) }
        transitions += detector.finish(at: hops.last?.hop.upperBound ?? .zero)
        return transitions.compactMap { if case .ended(let event) = $0 { event } else { nil } }
    }

    private func time(_ seconds: Double) -> Int64 {
        Int64((seconds * Double(Self.sampleRateHz)).rounded())
    }

    /// The mean square of the 10 ms from `start`.
    private func energy(from start: SampleTime) -> Float {
        let block = start.index..<start.index + Int64(Self.sampleRateHz) / 100
        var energy = Decibels.meanSquare(ofLevel: backgroundDBFS)
        for sound in sounds {
            let part = (time(sound.startSeconds)..<time(sound.endSeconds)).clamped(to: block)
            energy +=
                Decibels.meanSquare(ofLevel: sound.levelDBFS) * Float(part.count)
                / Float(block.count)
        }
        return energy
    }

    private func score(of window: Range<SampleTime>) -> Float {
        let whole = window.lowerBound.index..<window.upperBound.index
        var best: Float = 0.02
        for sound in sounds {
            let part = (time(sound.startSeconds)..<time(sound.endSeconds)).clamped(to: whole)
            let heard = Double(part.count) / Double(Self.sampleRateHz)
            let needed = min(neededSeconds, sound.endSeconds - sound.startSeconds)
            if heard >= needed * 0.999 {
                best = max(best, sound.score)
            }
        }
        return best
    }
}
