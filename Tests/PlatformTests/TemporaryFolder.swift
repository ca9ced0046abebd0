import Foundation
import Platform

/// A folder of its own for one test, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/earwitness-paths-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        _ = try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes an empty file, with the folders that it is in.
    func touch(_ name: String) throws {
        let place = "\(path)/\(name)"
        try OutputFile.createFolder(PathText.folder(of: place))
        try OutputFile.write("", to: place)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)",
            withDestinationPath: target
        )
    }
}
