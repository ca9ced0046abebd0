import Foundation
import NPYFormat

/// What other programs computed with the bootstrap network.
struct ReferenceNetwork {
    struct Missing: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "'\(path)' is missing: set EARWITNESS_REFERENCE_MODELS to the folder of reference "
                + "models, see docs/development.md."
        }
    }

    private let folder: URL

    init() throws {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let root =
            ProcessInfo.processInfo.environment["EARWITNESS_REFERENCE_MODELS"]
            .map(URL.init(fileURLWithPath:))
            ?? checkout.deletingLastPathComponent().appendingPathComponent("shared/models")
        folder = root.appendingPathComponent("bootstrap")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw Missing(path: folder.path)
        }
    }

    /// The path of one of its files.
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// The floats of one of its arrays.
    func floats(_ name: String) throws -> [Float] {
        try NPYArray(path: path(name)).floats ?? []
    }
}
