import Foundation

/// The folder of the project.
let projectRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// What `make static` leaves behind, with a small program in place of ours that is linked, as ours
/// is, with ALSA.
final class StandInBuild {
    /// A folder for the test, which goes with the value.
    let folder: URL
    /// The value for the Makefile's `STATIC`.
    var path: String { folder.appendingPathComponent("build").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        let build = folder.appendingPathComponent("build")
        for name in [
            "release", "documents/man1", "documents/bash", "documents/zsh", "documents/fish",
        ] {
            try FileManager.default.createDirectory(
                at: build.appendingPathComponent(name),
                withIntermediateDirectories: true
            )
        }
        let source = folder.appendingPathComponent("main.c")
        try Data(
            """
            #include <alsa/asoundlib.h>
            int main(void) { return snd_asoundlib_version() == NULL; }

            """.utf8
        ).write(to: source)
        let program = build.appendingPathComponent("release/earwitness").path
        let compiled = try Command("clang", "-o", program, source.path, "-lasound")
        guard compiled.exitCode == 0 else { throw CannotCompile(output: compiled.output) }
        for name in [
            "man1/earwitness.1", "man1/earwitness-run.1", "bash/earwitness", "zsh/_earwitness",
            "fish/earwitness.fish",
        ] {
            try Data("\(name)\n".utf8).write(to: build.appendingPathComponent("documents/\(name)"))
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    struct CannotCompile: Error {
        let output: String
    }
}

/// A program that was run to its end.
struct Command {
    let exitCode: Int32
    /// What it wrote, standard error and output together.
    let output: String

    /// Runs a program of the search path.
    ///
    /// - Parameters:
    ///   - arguments: Settings of the environment, the program and its arguments, as for `env`.
    ///   - input: What it reads from standard input, 64 KiB at most.
    /// - Throws: When it cannot be started.
    init(_ arguments: String..., input: String = "") throws {
        let process = Process()
        let (pipe, inputPipe) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = inputPipe
        try process.run()
        try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        let content = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        exitCode = process.terminationStatus
        output = String(decoding: content, as: UTF8.self)
    }
}
