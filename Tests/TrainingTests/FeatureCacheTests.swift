import Foundation
import LogMelFeatures
import Testing

@testable import Training

@Suite struct FeatureCacheTests {
    private func clip(_ path: String) -> LabelledClip {
        LabelledClip(path: path, classes: [0], group: "a")
    }

    @Test func trainingSeesWhatTheMonitorWillSee() throws {
        let folder = try TrainingFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        for architecture in Architecture.allCases {
            let cache = try FeatureCache(
                folder: nil,
                frontEnd: architecture.frontEnd,
                windowFrames: architecture.windowFrames
            )
            let features = try cache.features(of: clip(folder.path("tone.wav")))
            let frontEnd = try NormalisationFit.fit(architecture.frontEnd, to: [features])
            let bands = frontEnd.bandCount
            var patch = Array(features.power[..<(architecture.windowFrames * bands)])
            var trained = [Float](repeating: 0, count: patch.count)
            var span = trained.mutableSpan
            try FeatureScale(frontEnd).prepare(&patch, into: &span)

            var samples = try FeatureMaker.samples(
                of: clip(folder.path("tone.wav")),
                rateHz: frontEnd.sampleRateHz
            )
            samples += [Float](repeating: 0, count: 200_000)
            let extractor = try FeatureExtractor(frontEnd)
            var live: [Float] = []
            extractor.process(samples.span, appendingTo: &live)
            var input = [Float](repeating: 0, count: trained.count)
            var target = input.mutableSpan
            try PatchNormalizer(frontEnd).prepare(
                Array(live[..<trained.count]).span,
                into: &target
            )
            let largest = zip(trained, input).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(largest < 1e-3, "\(architecture.rawValue): \(largest)")
        }
    }

    @Test func featuresAreTakenFromTheCacheUntilTheRecordingChanges() throws {
        let folder = try TrainingFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        let architecture = Architecture.small
        let cache = try FeatureCache(
            folder: folder.path("cache"),
            frontEnd: architecture.frontEnd,
            windowFrames: 96
        )
        let first = try cache.features(of: clip(folder.path("tone.wav")))
        #expect(try cache.features(of: clip(folder.path("tone.wav"))) == first)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("cache"))
        #expect(names.count == 1)
        try folder.write("damaged", to: "cache/\(names[0])")
        #expect(try cache.features(of: clip(folder.path("tone.wav"))) == first)
        try folder.writeTone("tone.wav", hertz: 900, seconds: 1.2)
        #expect(try cache.features(of: clip(folder.path("tone.wav"))) != first)
    }

    @Test func levelOfAWindowIsThatOfItsSamples() throws {
        let folder = try TrainingFolder()
        try folder.writeTone("tone.wav", hertz: 1_000, seconds: 1.5, amplitude: 0.5)
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let features = try cache.features(of: clip(folder.path("tone.wav")))
        #expect(features.levels.count == features.frameCount - 95)
        #expect(features.levels.allSatisfy { abs($0 - -9.03) < 0.05 })
    }

    @Test func clipShorterThanAWindowIsFollowedBySilence() throws {
        let folder = try TrainingFolder()
        try folder.writeTone("short.wav", hertz: 1_000, seconds: 0.2)
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let features = try cache.features(of: clip(folder.path("short.wav")))
        #expect(features.frameCount == 96)
        #expect(features.levels.count == 1)
        #expect(features.power[95 * 64..<96 * 64].allSatisfy { $0 == 0 })
    }

    @Test func damagedRecordingIsReportedAndLeftOut() throws {
        let folder = try TrainingFolder()
        try folder.writeTone("low/a.wav", hertz: 300, seconds: 1)
        try folder.writeTone("high/b.wav", hertz: 3_000, seconds: 1)
        try folder.write("not audio", to: "high/c.wav")
        let loaded = LoadedClips.load(
            try SoundDataset.read(path: folder.root),
            cache: try FeatureCache(
                folder: nil,
                frontEnd: Architecture.small.frontEnd,
                windowFrames: 96
            ),
            threads: 2
        )
        #expect(loaded.dataset.clips.count == 2)
        #expect(loaded.features.count == 2)
        #expect(loaded.problems.count == 1)
        #expect(loaded.problems.first?.contains("high/c.wav' is not a recording") == true)
    }

    @Test func frontEndWithoutPowersIsRefused() {
        var frontEnd = Preset.earwitness.frontEnd
        frontEnd.spectrum = .magnitude
        #expect(
            throws: TrainingError.unsupportedFrontEnd(reason: "only power spectra can be augmented")
        ) {
            try FeatureCache(folder: nil, frontEnd: frontEnd, windowFrames: 96)
        }
    }
}
