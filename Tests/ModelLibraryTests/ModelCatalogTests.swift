import Foundation
import ModelLibrary
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
