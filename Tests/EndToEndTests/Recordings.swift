import Foundation

/// The recordings that the tests play, which the project does not contain.
enum Recordings {
    struct Missing: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "No recording at '\(path)'. Set EARWITNESS_DATA to the folder that "
                + "'scripts/fetch-recordings' fills, see docs/development.md."
        }
    }

    /// A recording of the data set, by its path below it.
    static func url(_ name: String) throws -> URL {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let root =
            ProcessInfo.processInfo.environment["EARWITNESS_DATA"].map(URL.init(fileURLWithPath:))
            ?? checkout.deletingLastPathComponent().appendingPathComponent("shared/data")
        let url = root.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw Missing(path: url.path)
        }
        return url
    }

    /// A clear recording of one sound of a class, by the class's name.
    static func clear(_ className: String) throws -> URL {
        switch className {
        case "dog_bark": try url("esc10/dog_bark/1-100032-A.ogg")
        case "rooster": try url("esc10/rooster/1-26806-A.ogg")
        case "sneeze": try url("esc10/sneeze/5-187979-A.ogg")
        default: throw Missing(path: className)
        }
    }
}
