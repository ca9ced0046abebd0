import CommandManual
import Foundation

/// Writes the manual pages of a program from what it says of itself:
/// `earwitness --experimental-dump-help | make-manual VERSION FOLDER`.
@main
struct MakeManual {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            FileHandle.standardError.write(
                Data("usage: PROGRAM --experimental-dump-help | make-manual VERSION FOLDER\n".utf8)
            )
            exit(64)
        }
        let tool = try ToolDescription(
            json: FileHandle.standardInput.readToEnd() ?? Data()
        )
        let pages = ManualPages(
            of: tool,
            setting: .earwitness(version: CommandLine.arguments[1])
        )
        let folder = URL(fileURLWithPath: CommandLine.arguments[2])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in pages.files {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
        }
    }
}
