import Foundation
import LogMelFeatures
import ModelLibrary
import TestSupport
import Testing

/// The model that is committed, held against the description that came with it.
@Suite struct BootstrapModelTests {
    private struct Reference: Decodable {
        struct FrontEnd: Decodable {
            var mean: [Float]
            var std: [Float]
        }

        var frontend: FrontEnd
        var labels: [String]
        var window_frames: Int
        var window_samples: Int
    }

    private func model() throws -> SoundModel {
        try SoundModel.load(folder: Checkout.folder.appendingPathComponent("Models/bootstrap").path)
    }

    private func reference() throws -> Reference {
        let path = ReferenceNetworks.path("model.json")
        let content = try #require(FileManager.default.contents(atPath: path))
        return try JSONDecoder().decode(Reference.self, from: content)
    }

    @Test func itLoadsAndItsNetworkFits() throws {
        let model = try model()
        #expect(model.name == "bootstrap")
        #expect(model.inputShape == [1, 1, 96, 64])
        #expect(model.classes.count == 11)
        #expect(model.about.metrics.first?.value == 0.932)
    }

    @Test func itsNumbersAreThoseThatItWasTrainedWith() throws {
        let (model, reference) = (try model(), try reference())
        #expect(
            model.frontEnd.normalisation
                == .perBand(mean: reference.frontend.mean, deviation: reference.frontend.std)
        )
        #expect(model.windowFrames == reference.window_frames)
        #expect(model.windowSamples == reference.window_samples)
        #expect(model.classes.map(\.label).count == reference.labels.count)
        for (ours, theirs) in zip(model.classes.map(\.label), reference.labels) {
            #expect(ours.hasPrefix(theirs))
        }
    }

    @Test func itsFrontEndIsThePresetWithItsNormalisation() throws {
        var frontEnd = try model().frontEnd
        frontEnd.normalisation = .none
        #expect(frontEnd == Preset.earwitness.frontEnd)
    }

    @Test func speechIsPrivateAndEverythingElseIsNot() throws {
        #expect(try model().classes.filter(\.isPrivate).map(\.name) == ["speech"])
    }

    @Test func everyClassIsInItsCard() throws {
        let card = try String(
            contentsOf: Checkout.folder.appendingPathComponent("Models/bootstrap/card.md"),
            encoding: .utf8
        )
        for soundClass in try model().classes {
            #expect(card.contains("| `\(soundClass.name)` |"))
        }
    }

    @Test func itsNetworkIsTheOneThatWasMeasured() throws {
        #expect(
            try model().digest.description
                == "23028af532e3baf9877143cd8812550682ce485146c64f4b265f39ac916001e7"
        )
    }
}
