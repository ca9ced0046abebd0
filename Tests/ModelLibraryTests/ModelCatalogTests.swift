import Foundation
import LogMelFeatures
import ModelLibrary
import Platform
import TestSupport
import Testing

@Suite struct ModelCatalogTests {
    private let root: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        root = folder.path
    }

    private func install(_ names: String...) throws {
        for name in names {
            try FileManager.default.createDirectory(
                atPath: "\(root)/\(name)",
                withIntermediateDirectories: true
            )
            try Data("name: x\n".utf8).write(
                to: URL(fileURLWithPath: "\(root)/\(name)/model.yaml")
            )
        }
    }

    @Test func theFirstFolderWithTheNameWins() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try install("state/a", "shared/a", "shared/b")
        let catalog = ModelCatalog(searchPaths: ["\(root)/state", "\(root)/shared"])
        #expect(try catalog.folder(of: "a") == "\(root)/state/a")
        #expect(try catalog.folder(of: "b") == "\(root)/shared/b")
        #expect(catalog.list() == ["\(root)/state/a", "\(root)/shared/b"])
    }

    @Test func aPathIsTakenAsItIs() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try install("elsewhere/mine")
        let catalog = ModelCatalog(searchPaths: [])
        #expect(
            try catalog.folder(of: "\(root)/elsewhere/mine") == "\(root)/elsewhere/mine"
        )
        #expect(
            throws: ModelFolderError.unreadable(path: "./no", reason: "no model.yaml there")
        ) {
            try catalog.folder(of: "./no")
        }
    }

    @Test func anUnknownNameIsRefusedWithWhatIsInstalled() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try install("shared/a")
        let catalog = ModelCatalog(searchPaths: ["/nowhere", "\(root)/shared"])
        #expect {
            try catalog.folder(of: "z")
        } throws: {
            "\($0)" == "No model 'z' in /nowhere, \(root)/shared. Installed: a."
        }
    }

    @Test func aProgramOfACheckoutFindsTheCheckoutsModels() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try install("Models/a")
        try Data().write(to: URL(fileURLWithPath: "\(root)/Package.swift"))
        let catalog = ModelCatalog(
            stateModels: "/state/models",
            executable: "\(root)/.build/release/earwitness"
        )
        #expect(
            catalog.searchPaths == [
                "/state/models", "\(root)/.build/share/earwitness/models",
                "/usr/share/earwitness/models", "\(root)/Models",
            ]
        )
        #expect(try catalog.folder(of: "a") == "\(root)/Models/a")
    }

    @Test func anInstalledProgramFindsTheModelsBesideIt() {
        let catalog = ModelCatalog(stateModels: "/s", executable: "/usr/bin/earwitness")
        #expect(catalog.searchPaths == ["/s", "/usr/share/earwitness/models"])
    }
}

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
        try SoundModel.load(folder: ReferenceNetworks.modelFolder)
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
            contentsOf: URL(fileURLWithPath: ReferenceNetworks.path("card.md")),
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
