import Foundation
import LogMelFeatures
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct FeatureCacheTests {
    private func clip(_ path: String) -> LabelledClip {
        LabelledClip(path: path, classes: [0], group: "a")
    }

    @Test func trainingSeesWhatTheMonitorWillSee() throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        for architecture in Architecture.allCases {
            try compareWithStream(
                folder.file("tone.wav"),
                frontEnd: architecture.frontEnd,
                windowFrames: architecture.windowFrames
            )
        }
    }

    @Test(arguments: Preset.allCases)
    func trainingSeesWhatTheMonitorWillSeeOfEveryPreset(preset: Preset) throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        try compareWithStream(
            folder.file("tone.wav"),
            frontEnd: preset.frontEnd,
            windowFrames: 40
        )
    }

    @Test(
        arguments: [
            Compression.none, .cubeRoot, .log10(DecibelScale(topDecibels: 60)),
            .decibel(DecibelScale(reference: .patchMaximum)), .pcen(PCENSettings()),
        ],
        [SpectrumKind.power, .magnitude]
    )
    func trainingSeesWhatTheMonitorWillSeeThroughEveryCompression(
        compression: Compression,
        spectrum: SpectrumKind
    ) throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        for representation in [Representation.melBands, .stft] {
            for normalisation in [Normalisation.none, .perPatch(deviationFloor: 0.1)] {
                var frontEnd = Preset.earwitness.frontEnd
                frontEnd.representation = representation
                frontEnd.compression = compression
                frontEnd.spectrum = spectrum
                frontEnd.normalisation = normalisation
                frontEnd.layout = .bandsByFrames
                frontEnd.channelCount = 2
                try compareWithStream(
                    folder.file("tone.wav"),
                    frontEnd: frontEnd,
                    windowFrames: 60
                )
            }
        }
    }

    /// The first window of a recording, as training scores it and as the monitor does.
    private func compareWithStream(
        _ path: String,
        frontEnd: FrontEnd,
        windowFrames: Int
    ) throws {
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: frontEnd,
            windowFrames: windowFrames
        )
        let features = try cache.features(of: clip(path))
        let frontEnd = try NormalisationFit.fit(frontEnd, to: [features])
        let count = windowFrames * frontEnd.bandCount
        let scale = try FeatureScale(frontEnd)
        var compressed = features.power
        scale.compress(&compressed)
        var trained = [Float](repeating: 0, count: count * frontEnd.channelCount)
        var span = trained.mutableSpan
        scale.layOut(Array(compressed[..<count]), into: &span)

        var samples = try FeatureMaker.samples(of: clip(path), rateHz: frontEnd.sampleRateHz)
        samples += [Float](repeating: 0, count: 200_000)
        let extractor = try FeatureExtractor(frontEnd)
        var live: [Float] = []
        extractor.process(samples.span, appendingTo: &live)
        var input = [Float](repeating: 0, count: trained.count)
        var target = input.mutableSpan
        try PatchNormalizer(frontEnd).prepare(Array(live[..<count]).span, into: &target)
        let largest = zip(trained, input).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        let range = input.reduce(Float(1)) { max($0, abs($1)) }
        #expect(largest < 1e-4 * range, "\(frontEnd.compression): \(largest)")
    }

    @Test func patchOfAStreamUnderWayIsThatOfTheWholeStream() throws {
        var frontEnd = Preset.earwitness.frontEnd
        frontEnd.compression = .pcen(PCENSettings())
        let scale = try FeatureScale(frontEnd)
        #expect(scale.leadFrames == 200)
        let bands = frontEnd.bandCount
        var generator = SeededGenerator(seed: 3)
        let power = (0..<600 * bands).map { _ in generator.exponential() }
        var whole = power
        scale.compress(&whole)
        var patch = Array(power[(300 * bands)...])
        var input = [Float](repeating: 0, count: 100 * bands)
        var span = input.mutableSpan
        scale.prepare(&patch, into: &span)
        let largest = zip(input, whole[(500 * bands)...]).reduce(Float(0)) {
            max($0, abs($1.0 - $1.1))
        }
        #expect(largest < 0.02)
    }

    @Test func featuresAreTakenFromTheCacheUntilTheRecordingChanges() throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("tone.wav", hertz: 700, seconds: 1.2)
        let architecture = Architecture.small
        let cache = try FeatureCache(
            folder: folder.file("cache"),
            frontEnd: architecture.frontEnd,
            windowFrames: 96
        )
        let first = try cache.features(of: clip(folder.file("tone.wav")))
        #expect(try cache.features(of: clip(folder.file("tone.wav"))) == first)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("cache"))
        #expect(names.count == 1)
        try folder.write("damaged", to: "cache/\(names[0])")
        #expect(try cache.features(of: clip(folder.file("tone.wav"))) == first)
        try folder.writeTone("tone.wav", hertz: 900, seconds: 1.2)
        #expect(try cache.features(of: clip(folder.file("tone.wav"))) != first)
    }

    @Test func levelOfAWindowIsThatOfItsSamples() throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("tone.wav", hertz: 1_000, seconds: 1.5, amplitude: 0.5)
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let features = try cache.features(of: clip(folder.file("tone.wav")))
        #expect(features.levels.count == features.frameCount - 95)
        #expect(features.levels.allSatisfy { abs($0 - -9.03) < 0.05 })
    }

    @Test func clipShorterThanAWindowIsFollowedBySilence() throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("short.wav", hertz: 1_000, seconds: 0.2)
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let features = try cache.features(of: clip(folder.file("short.wav")))
        #expect(features.frameCount == 96)
        #expect(features.levels.count == 1)
        #expect(features.power[95 * 64..<96 * 64].allSatisfy { $0 == 0 })
    }

    @Test func damagedRecordingIsReportedAndLeftOut() throws {
        let folder = try TemporaryFolder()
        try folder.writeTone("low/a.wav", hertz: 300, seconds: 1)
        try folder.writeTone("high/b.wav", hertz: 3_000, seconds: 1)
        try folder.write("not audio", to: "high/c.wav")
        let loaded = LoadedClips.load(
            try SoundDataset.read(path: folder.path),
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
        #expect(loaded.problems.first?.contains("high/c.wav' as a recording") == true)
    }

    @Test func bareSamplesAreRefused() {
        var frontEnd = Preset.earwitness.frontEnd
        frontEnd.representation = .waveform
        frontEnd.compression = .none
        #expect(
            throws: TrainingError.unsupportedFrontEnd(
                reason:
                    "it gives raw samples, which no architecture supports; use mel_bands or stft"
            )
        ) {
            try FeatureCache(folder: nil, frontEnd: frontEnd, windowFrames: 96)
        }
    }

    @Test func syntheticClipHasFeaturesWithoutAFile() throws {
        var clip = LabelledClip(path: "synthetic tones 1", classes: [], group: "t")
        clip.synthetic = SyntheticSound(.tones, number: 1)
        let cache = try FeatureCache(
            folder: nil,
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let features = try cache.features(of: clip)
        #expect(features.frameCount == 398)
        #expect(features.levels.max() ?? -200 > -40)
    }
}
