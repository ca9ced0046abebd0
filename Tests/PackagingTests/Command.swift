import Foundation

/// A program that was run to its end.
struct Command {
    let exitCode: Int32
    /// What it wrote, standard error and output together.
    let output: String

    /// Runs a program of the search path.
    init(_ arguments: String...) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let content = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        exitCode = process.terminationStatus
        output = String(decoding: content, as: UTF8.self)
    }
}
