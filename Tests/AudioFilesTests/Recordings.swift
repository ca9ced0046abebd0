import Foundation
import Testing

/// The real recordings that the tests read; see docs/development.md for where to get them.
enum Recordings {
    /// The first recording of each ESC-10 class, in the order of their paths.
    static func oneOfEachClass() throws -> [String] {
        let environment = ProcessInfo.processInfo.environment
        let data = environment["EARWITNESS_DATA"] ?? "../shared/data"
        let root = URL(fileURLWithPath: data).appendingPathComponent("esc10")
        let files = FileManager.default
        guard let classes = try? files.contentsOfDirectory(atPath: root.path) else {
            Issue.record(
                """
                No recordings at '\(root.path)'. Fetch the files of ESC-10 into esc10/CLASS/ and \
                set EARWITNESS_DATA to the folder that holds esc10.
                """
            )
            return []
        }
        return classes.sorted().compactMap { name in
            let folder = root.appendingPathComponent(name).path
            let clips = try? files.contentsOfDirectory(atPath: folder)
            return clips?.sorted().first.map { "\(folder)/\($0)" }
        }
    }
}
