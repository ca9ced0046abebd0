import Foundation
import Glibc

/// A process that a test started; it is gone when the test is.
final class RunningProgram {
    private let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    /// Starts the program with its output and errors in files, so that no pipe can fill up.
    init(path: String, arguments: [String], environment: [String: String]) throws {
        let folder = FileManager.default.temporaryDirectory
        let name = "earwitness-run-\(UUID().uuidString)"
        outputFile = folder.appendingPathComponent("\(name).out")
        errorFile = folder.appendingPathComponent("\(name).err")
        for file in [outputFile, errorFile] {
            try Data().write(to: file)
        }
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: outputFile)
        try? FileManager.default.removeItem(at: errorFile)
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    func waitUntilExit() {
        process.waitUntilExit()
    }

    /// Sends SIGTERM and waits for the end.
    func terminate() -> BuiltProgram.Outcome {
        send(SIGTERM)
        waitUntilExit()
        return outcome()
    }

    func outcome() -> BuiltProgram.Outcome {
        BuiltProgram.Outcome(status: process.terminationStatus, output: output, errors: errors)
    }
}
