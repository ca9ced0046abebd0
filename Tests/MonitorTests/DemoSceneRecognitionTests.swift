import Foundation
import LogMelFeatures
import ModelLibrary
import Monitor
import NeuralNetwork
import Testing

/// What the model `bootstrap` hears in the scene, window by window.
@Suite struct DemoSceneRecognitionTests {
    private static let hopFrames = 24
    private static let hopSeconds = 0.24
    /// What the model calls what the scene calls otherwise.
    private static let ownNames = [
        "crackling_fire": "fire_crackling", "sneeze": "person_sneeze",
    ]

    @Test func theBootstrapModelNamesEverySoundForAtLeastThreeWindows() throws {
        let model = try Self.bootstrap()
        let scores = try Self.scores(of: DemoScene.make(), by: model)
        for sound in DemoScene.sounds {
            let name = Self.ownNames[sound.className] ?? sound.className
            let index = try #require(model.classes.firstIndex { $0.name == name })
            // The windows that lie for the most part inside the sound.
            let first = Int((sound.startSeconds - 0.3) / Self.hopSeconds)
            let last = Int((sound.endSeconds - 0.6) / Self.hopSeconds)
            let own = scores[first...last].map { $0[index] }
            #expect(Self.longestRun(of: own, over: 0.8) >= 3, "\(sound.className): \(own)")
        }
    }

    @Test func nothingIsHeardInTheEmptyRoom() throws {
        let model = try Self.bootstrap()
        let room = Array(DemoScene.make().prefix(3 * 16_000))
        for window in try Self.scores(of: room, by: model) {
            #expect(window.allSatisfy { $0 < 0.5 })
        }
    }

    private static func bootstrap() throws -> SoundModel {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try SoundModel.load(
            folder: root.appendingPathComponent("Models/bootstrap").path
        )
    }

    private static func scores(of samples: [Float], by model: SoundModel) throws -> [[Float]] {
        let extractor = try FeatureExtractor(model.frontEnd)
        let session = try model.makeSession()
        var features: [Float] = []
        let frameCount = extractor.process(samples.span, appendingTo: &features)
        let bandCount = model.frontEnd.bandCount
        let window = model.windowFrames * bandCount
        return try stride(from: 0, through: frameCount - model.windowFrames, by: hopFrames).map {
            let start = $0 * bandCount
            var scores = [Float](repeating: 0, count: model.classes.count)
            var room = scores.mutableSpan
            try session.run(
                features.span.extracting(start..<start + window),
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &room
            )
            return scores
        }
    }

    private static func longestRun(of scores: [Float], over threshold: Float) -> Int {
        var longest = 0
        var run = 0
        for score in scores {
            run = score > threshold ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
