import AudioFiles
import Detection
import LogMelFeatures
import ModelLibrary
import Monitor
import NeuralNetwork

/// Measures each stage of the analysis on one thread of this machine.
struct SpeedTrial {
    private let model: SoundModel
    private let settings: AnalysisSettings
    private let stopwatch = Stopwatch()
    private let noise: [Float]
    /// The step between two windows, as the service takes it.
    private let hopSeconds: Double

    /// The rate of the microphone that is assumed.
    static let microphoneRateHz = 48_000
    private static let soundSeconds = 10

    /// Prepares to measure a model under its settings.
    ///
    /// - Throws: When the network can't run.
    init(model: SoundModel, settings: AnalysisSettings) throws {
        self.model = model
        self.settings = settings
        noise = Self.noise(count: Self.soundSeconds * Self.microphoneRateHz)
        hopSeconds = try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: Self.microphoneRateHz
        ).hopSeconds[0]
    }

    /// The stages by themselves, in the order of the path.
    ///
    /// - Throws: When the network can't run.
    func stages() throws -> [StageSpeed] {
        var stages = [soundLevels(), try resampling(), try features(), try wholeWindow()]
        if let hop = try incrementalHop() { stages.append(hop) }
        return stages + [decision()]
    }

    /// The whole path as the service runs it on sound that is never quiet.
    ///
    /// - Throws: When the network can't run.
    func wholePath(sizedBy stages: [StageSpeed]) throws -> StageSpeed {
        let expected = stages.reduce(0) { $0 + $1.shareOfCore }
        let window = Double(model.windowSamples) / Double(model.frontEnd.sampleRateHz)
        let seconds = min(
            Double(Self.soundSeconds),
            max(2 * window, stopwatch.seconds / 4 / max(expected, 1e-9))
        )
        let count = Int(seconds * Double(Self.microphoneRateHz))
        let sound = Array(noise[..<min(count, noise.count)])
        let time = try stopwatch.median {
            let open = AnalysisSettings(gate: openGate, detection: settings.detection)
            let analysis = try SourceAnalysis(
                [ModelUse(model: model, settings: open)],
                sampleRateHz: Self.microphoneRateHz
            )
            var findings: [AnalysisFinding] = []
            var meter = SoundLevelMeter(sampleRateHz: Self.microphoneRateHz)
            meter.process(sound.span)
            try analysis.process(sound.span, appendingTo: &findings)
        }
        return StageSpeed(
            name: "whole_path",
            title: "whole path, as the service runs it",
            seconds: time,
            soundSeconds: Double(sound.count) / Double(Self.microphoneRateHz)
        )
    }

    // MARK: - Stages

    private func soundLevels() -> StageSpeed {
        let time = stopwatch.median {
            var meter = SoundLevelMeter(sampleRateHz: Self.microphoneRateHz)
            meter.process(noise.span)
        }
        return StageSpeed(
            name: "sound_levels",
            title: "sound levels at \(Self.microphoneRateHz) Hz",
            seconds: time,
            soundSeconds: Double(Self.soundSeconds)
        )
    }

    private func resampling() throws -> StageSpeed {
        let resampler = try StreamingResampler(
            fromRateHz: Self.microphoneRateHz,
            toRateHz: model.frontEnd.sampleRateHz
        )
        var output: [Float] = []
        let time = stopwatch.median {
            output.removeAll(keepingCapacity: true)
            resampler.process(noise.span, appendingTo: &output)
        }
        return StageSpeed(
            name: "resample",
            title: "resample \(Self.microphoneRateHz) Hz to \(model.frontEnd.sampleRateHz) Hz",
            seconds: time,
            soundSeconds: Double(Self.soundSeconds)
        )
    }

    private func features() throws -> StageSpeed {
        let extractor = try FeatureExtractor(model.frontEnd)
        let samples = Array(noise[..<(Self.soundSeconds * Self.leastRate(model.frontEnd))])
        var frames: [Float] = []
        let time = stopwatch.median {
            frames.removeAll(keepingCapacity: true)
            extractor.process(samples.span, appendingTo: &frames)
        }
        return StageSpeed(
            name: "features",
            title: "features, \(model.frontEnd.bandCount) bands",
            seconds: time,
            soundSeconds: Double(samples.count) / Double(model.frontEnd.sampleRateHz)
        )
    }

    private static func leastRate(_ frontEnd: FrontEnd) -> Int {
        min(frontEnd.sampleRateHz, microphoneRateHz)
    }

    private func wholeWindow() throws -> StageSpeed {
        let session = try model.makeSession()
        let count = model.inputShape.reduce(1, *)
        let input = Self.noise(count: count)
        var scores = [Float](repeating: 0, count: model.classes.count)
        let time = try stopwatch.median {
            var result = scores.mutableSpan
            try session.run(
                input.span,
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &result
            )
        }
        return StageSpeed(
            name: "network_window",
            title: "network, a whole window each hop",
            seconds: time,
            soundSeconds: hopSeconds
        )
    }

    /// One hop of the network on a stream; nil if it runs window by window.
    private func incrementalHop() throws -> StageSpeed? {
        guard model.reasonForWholeWindows == nil else { return nil }
        let frameSeconds = Double(model.frontEnd.hopLength) / Double(model.frontEnd.sampleRateHz)
        let session: StreamingSession
        do {
            session = try StreamingSession(
                model: model.network,
                options: model.loadOptions,
                hopFrames: Int((hopSeconds / frameSeconds).rounded()),
                timeAxis: model.timeAxis
            )
        } catch {
            guard case .notStreamable = error else { throw error }
            return nil
        }
        let hop = Self.noise(count: session.hopFrames * session.frameLength)
        let scoresName = model.about.network.scores
        var scores: [Float] = []
        for _ in 0...(session.windowFrames / session.hopFrames) {
            try session.push(hop.span, output: scoresName, appendingTo: &scores)
        }
        let time = try stopwatch.median {
            scores.removeAll(keepingCapacity: true)
            try session.push(hop.span, output: scoresName, appendingTo: &scores)
        }
        return StageSpeed(
            name: "network_hop",
            title: "network, incrementally by \(session.hopFrames) frame(s)",
            seconds: time,
            soundSeconds: hopSeconds
        )
    }

    private func decision() -> StageSpeed {
        let rateHz = Self.microphoneRateHz
        let hopSamples = Int64((hopSeconds * Double(rateHz)).rounded())
        let hops = 200
        let blockSamples = Int64(rateHz / 100)
        let time = stopwatch.median {
            var detector = EventDetector(
                classNames: model.classes.map(\.name),
                settings: settings.detection,
                sampleRateHz: rateHz
            )
            for index in 0..<Int64(hops) {
                let start = SampleTime(index * hopSamples)
                let blocks =
                    (index + 1) * hopSamples / blockSamples - index * hopSamples / blockSamples
                let score = Float(index % 50) / 50
                let hop = ScoredHop(
                    window: start..<start + hopSamples,
                    hop: start..<start + hopSamples,
                    gate: .open,
                    scores: Array(repeating: score, count: model.classes.count),
                    levelDBFS: -20,
                    envelope: Array(repeating: 0.01, count: Int(blocks))
                )
                _ = detector.update(hop.inStoredPrecision)
            }
        }
        return StageSpeed(
            name: "decision",
            title: "decision, \(model.classes.count) classes",
            seconds: time,
            soundSeconds: hopSeconds * Double(hops)
        )
    }

    /// The gate's settings, but open to everything.
    private var openGate: GateSettings {
        var gate = settings.gate
        gate.openDBFS = -120
        gate.closeDBFS = -120
        gate.floorMarginDB = nil
        return gate
    }

    /// White noise at about -20 dBFS, the same every time.
    private static func noise(count: Int) -> [Float] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.35
        }
    }
}

/// How fast one stage of the analysis is.
struct StageSpeed {
    /// The name for programs.
    let name: String
    /// What the stage does.
    let title: String
    /// Seconds of computing.
    let seconds: Double
    /// Seconds of sound that they were for.
    let soundSeconds: Double

    /// How many times faster than the sound plays.
    var timesRealTime: Double { soundSeconds / max(seconds, 1e-12) }
    /// The share of one core that one microphone takes.
    var shareOfCore: Double { seconds / soundSeconds }
}

/// Takes the time of work that is done again and again.
struct Stopwatch {
    /// The rounds end when this much time has passed, at least one being timed.
    var seconds = 0.8

    /// The median time of a round in seconds; the first round, which warms up, is left out.
    func median(_ work: () throws -> Void) rethrows -> Double {
        try work()
        let clock = ContinuousClock()
        let began = clock.now
        var rounds: [Double] = []
        repeat {
            rounds.append(try clock.measure(work) / .seconds(1))
        } while (clock.now - began) / .seconds(1) < seconds
        rounds.sort()
        return rounds[rounds.count / 2]
    }
}
