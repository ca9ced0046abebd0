import CLinuxSupport
import Foundation
@preconcurrency import Glibc
import Platform
import Synchronization

/// What came of sending a message.
package enum DeliveryOutcome: Sendable, Equatable {
    /// The receiver has it; what it answered.
    case delivered(answer: String)
    /// It may work later.
    case failed(reason: String)
    /// It will never work with this message.
    case refused(reason: String)
}

/// Asks from another thread that a delivery ends.
package final class Cancellation: Sendable {
    private let flag = Atomic<Int32>(0)

    package init() {}

    package func cancel() { flag.store(1, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) != 0 }
}

/// Runs programs for rules: no shell, a bare environment, an end that is certain.
///
/// A program has the rights of the service and no more, a process group of its own, and none of the
/// service's open files.
enum ProgramRun {
    /// What is kept of what a program prints.
    private static let mostOutput = 500
    /// How long a program has between being asked to end and being ended, in milliseconds.
    private static let graceMilliseconds = 2_000
    private static let stepMilliseconds: Int32 = 20

    /// Runs a program and waits for its end.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - input: What it reads.
    ///   - seconds: How long it may run.
    ///   - cancellation: Ends it early.
    /// - Returns: Delivered if it ends with 0, else why not.
    static func run(
        _ command: [String],
        input: Data,
        seconds: Double,
        cancellation: Cancellation
    ) -> DeliveryOutcome {
        let arguments = command.map { strdup($0) } + [nil]
        let environment = bareEnvironment.map { strdup($0) } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var (output, process): (Int32, pid_t) = (-1, 0)
        let code = input.withUnsafeBytes { bytes in
            linux_start_program(
                arguments,
                environment,
                bytes.baseAddress,
                bytes.count,
                &output,
                &process
            )
        }
        guard code == 0 else {
            return .failed(reason: "'\(command[0])': \(FileFailure.reason(code: code))")
        }
        defer { close(output) }
        return wait(for: process, output: output, seconds: seconds, cancellation)
    }

    private static let bareEnvironment = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
        "HOME=/",
    ]

    private static func wait(
        for process: pid_t,
        output: Int32,
        seconds: Double,
        _ cancellation: Cancellation
    ) -> DeliveryOutcome {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var text: [UInt8] = []
        var askedToEnd: ContinuousClock.Instant?
        var status: Int32 = 0
        var isOpen = true
        while waitpid(process, &status, WNOHANG) == 0 {
            isOpen = isOpen && read(output, into: &text, waiting: stepMilliseconds)
            if !isOpen { usleep(UInt32(stepMilliseconds) * 1_000) }
            if let askedToEnd {
                if ContinuousClock.now - askedToEnd > .milliseconds(graceMilliseconds) {
                    kill(-process, SIGKILL)
                }
            } else if ContinuousClock.now >= deadline || cancellation.isCancelled {
                kill(-process, SIGTERM)
                askedToEnd = .now
            }
        }
        while isOpen, read(output, into: &text, waiting: 0) {}
        let line = OneLine.text(String(decoding: text, as: UTF8.self))
        let remark = line.isEmpty ? "" : ": \(line)"
        if askedToEnd != nil {
            let why =
                cancellation.isCancelled
                ? "ended with the service" : "not done after \(Words.duration(seconds))"
            return .failed(reason: why + remark)
        }
        guard status & 0x7F == 0 else {
            return .failed(reason: "ended by signal \(status & 0x7F)\(remark)")
        }
        let code = status >> 8 & 0xFF
        return code == 0
            ? .delivered(answer: "exit code 0\(remark)")
            : .failed(reason: "exit code \(code)\(remark)")
    }

    /// Reads what is there; false at the end.
    private static func read(
        _ file: Int32,
        into text: inout [UInt8],
        waiting milliseconds: Int32
    ) -> Bool {
        var events = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard poll(&events, 1, milliseconds) > 0 else { return milliseconds > 0 }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0 else { return false }
        text += bytes.prefix(min(count, mostOutput - min(text.count, mostOutput)))
        return true
    }
}

/// Text from elsewhere, fit for a line of a log.
enum OneLine {
    /// Enough for what sendmail says of a refused address, and for libpq's reasons.
    private static let mostCharacters = 240

    /// The text on one line, without control characters, and not too long.
    static func text(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        let scalars = words.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
        let line = String(String.UnicodeScalarView(scalars))
        return line.count > mostCharacters ? line.prefix(mostCharacters - 3) + "..." : line
    }
}
