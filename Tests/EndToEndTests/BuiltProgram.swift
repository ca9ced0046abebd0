import Foundation

/// The program as the build made it, run the way a user runs it.
struct BuiltProgram {
    /// What a finished run left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The environment it runs in, beside the test's own.
    var environment: [String: String] = [:]

    /// Where the build puts the program and the tests.
    static let folder: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? CommandLine.arguments[0])
            .deletingLastPathComponent().path
    }()

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Outcome {
        try run(arguments: arguments)
    }

    /// Runs the program to its end.
    func run(arguments: [String]) throws -> Outcome {
        try start(arguments: arguments).outcome()
    }

    /// Starts the program and goes on.
    func start(_ arguments: String...) throws -> RunningProgram {
        try start(arguments: arguments)
    }

    /// Starts the program and goes on.
    func start(arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            path: Self.folder + "/earwitness",
            arguments: arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }
        )
    }
}
