import AudioFiles
import Foundation
@preconcurrency import Glibc
import Platform

/// Plays clips by a program of this machine.
struct ClipPlayer {
    private let command: [String]

    /// What is looked for, with what makes it play a WAV file, be quiet and end.
    private static let programs = [
        ["ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"], ["aplay", "-q"],
    ]

    /// Takes the program that was named, or one that is installed; nil if none is.
    init?(named name: String?) {
        if let name {
            guard let path = Self.path(of: name) else { return nil }
            command = [path]
            return
        }
        let found = Self.programs.lazy.compactMap { program in
            Self.path(of: program[0]).map { [$0] + program.dropFirst() }
        }.first
        guard let found else { return nil }
        command = found
    }

    /// Plays a clip until it is over or a key is pressed.
    ///
    /// - Parameters:
    ///   - clip: The bytes of its file.
    ///   - ending: The ending of the file's name.
    /// - Returns: What went wrong, in a line; nil if nothing did.
    /// - Throws: When the clip can't be read or put down.
    func play(_ clip: [UInt8], ending: String) throws -> String? {
        // Others must not hear it.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OutputFile.write(clip, to: "\(folder)/clip.\(ending)")
        if ending != "wav" { try Self.decode("\(folder)/clip.\(ending)", to: "\(folder)/clip.wav") }
        return run("\(folder)/clip.wav")
    }

    private static func decode(_ path: String, to other: String) throws {
        let reader = try RecordingReader(path: path)
        var samples: [Float] = []
        while try reader.readMono(into: &samples, upTo: 1 << 16) > 0 {}
        let writer = try RecordingWriter(
            path: other,
            format: .wav16,
            sampleRateHz: reader.sampleRateHz
        )
        try writer.write(samples.span)
        try writer.finish()
    }

    private func run(_ file: String) -> String? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let words = (command + [file]).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, command[0], &actions, nil, words, environ)
        guard code == 0 else {
            return "Cannot run '\(command[0])': \(FileFailure.reason(code: code))."
        }
        var status: Int32 = 0
        var isOver = false
        KeyPrompt.wait {
            isOver = waitpid(process, &status, WNOHANG) != 0
            return isOver
        }
        guard isOver else {
            kill(process, SIGTERM)
            waitpid(process, &status, 0)
            return nil
        }
        return status == 0
            ? nil : "'\(command[0])' could not play it. Choose another program with --player."
    }

    /// Where a program is: at the path given, or in one of the folders of `PATH`.
    private static func path(of name: String) -> String? {
        guard !name.contains("/") else { return access(name, X_OK) == 0 ? name : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
            .split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
