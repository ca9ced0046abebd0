internal import CLinuxSupport
internal import Glibc
internal import Platform
internal import Realtime

/// A program that writes sound to its standard output.
package struct ProgramCommand: Sendable, Equatable {
    /// The program, by its whole path or to be looked up in `PATH`, and its arguments.
    package var words: [String]
    /// How it writes a sample.
    package var format: SampleFormat

    /// Names a program.
    package init(words: [String], format: SampleFormat) {
        self.words = words
        self.format = format
    }

    /// The program as messages name it.
    package var name: String { words.first ?? "" }

    /// Where the program is.
    ///
    /// - Returns: Its path; nil if no folder of `PATH` has it.
    package var path: String? {
        let isFile = name.contains("/")
        let folders = isFile ? [""] : Self.variable("PATH").split(separator: ":").map { "\($0)/" }
        return folders.map { $0 + name }.first { path in
            var about = stat()
            return unsafe stat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFREG
                && access(path, X_OK) == 0
        }
    }

    private static func variable(_ name: String) -> String {
        unsafe getenv(name).map { unsafe String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    }
}

/// A running program whose sound is read; it ends at the latest with this value.
@safe final class ProgramProcess {
    /// Its standard output; reading never blocks.
    let output: Int32
    /// Its standard error, or -1 after that was closed.
    private(set) var messages: Int32
    private let process: pid_t
    private let name: String
    private var isReaped = false
    private let tail: UnsafeMutableRawBufferPointer
    private var tailLength = 0

    /// A pipe holds so much, as far as the system allows: half a minute at 16 kHz.
    private static let pipeBytes: Int32 = 1 << 20
    /// So much is kept of what it says.
    private static let tailBytes = 1_024
    /// Messages are read in so many pieces at most before sound is read again.
    private static let mostPieces = 16
    /// How long it has to end when it is asked to, and to end by itself after its output.
    private static let graceNanoseconds: Int64 = 800_000_000
    private static let stepMicroseconds: UInt32 = 10_000
    /// What is the service's own business with systemd.
    private static let withheldVariables = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"]

    /// Starts a program, without a shell.
    ///
    /// It has the environment of this process, and is killed when the calling thread ends.
    ///
    /// - Throws: Why it can't be started.
    init(_ command: ProgramCommand) throws(CaptureError) {
        name = command.name
        guard let path = command.path else {
            let isThere = unsafe name.contains("/") && access(name, F_OK) == 0
            throw .cannotStart(program: name, errno: isThere ? EACCES : ENOENT)
        }
        var output: Int32 = -1
        var messages: Int32 = -1
        var process: pid_t = 0
        let code = unsafe Self.withStrings(command.words) { arguments in
            unsafe Self.withStrings(Self.variables) { variables in
                unsafe linux_start_source(
                    path,
                    arguments,
                    variables,
                    Self.pipeBytes,
                    &output,
                    &messages,
                    &process
                )
            }
        }
        guard code == 0 else { throw .cannotStart(program: name, errno: code) }
        self.output = output
        self.messages = messages
        self.process = process
        unsafe tail = .allocate(byteCount: 2 * Self.tailBytes, alignment: 1)
        _ = unsafe tail.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        _ = end()
        close(output)
        if messages >= 0 { close(messages) }
        unsafe tail.deallocate()
    }

    /// The bytes that wait to be read, and the most that could.
    var waitingBytes: Int { Int(linux_waiting_bytes(output)) }
    var mostBytes: Int { max(4_096, Int(linux_pipe_bytes(output))) }

    /// Reads what it says, so that it never waits for a reader; does not allocate.
    func readMessages() {
        guard messages >= 0 else { return }
        for _ in 0..<Self.mostPieces {
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: tail[tailLength...])
            let count = unsafe read(messages, room.baseAddress, min(room.count, Self.tailBytes))
            if count < 0 { return }
            if count == 0 {
                close(messages)
                messages = -1
                return
            }
            tailLength += count
            if tailLength > Self.tailBytes {
                let kept = unsafe tail[(tailLength - Self.tailBytes)..<tailLength]
                unsafe tail.copyMemory(from: UnsafeRawBufferPointer(rebasing: kept))
                tailLength = Self.tailBytes
            }
        }
    }

    /// The last line that it wrote to standard error; empty if there is none.
    var lastLine: String {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: tail[..<tailLength])
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).last { $0.contains { !$0.isWhitespace } }
        let printable = (line ?? "").unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
        let shown = AddressText.withoutCredentials(String(String.UnicodeScalarView(printable)))
        return String(shown.suffix(200))
    }

    /// Ends it, with all that it started in its group, and reaps it.
    ///
    /// One whose output is over is given a moment to end by itself.
    ///
    /// - Parameter isOver: Whether its output is over.
    /// - Returns: How it ended; nil if that was asked before.
    func end(isOver: Bool = false) -> ProgramEnd? {
        guard !isReaped else { return nil }
        isReaped = true
        let endedAlone = isOver && waitForEnd()
        readMessages()
        if !endedAlone {
            kill(-process, SIGTERM)
            _ = waitForEnd()
        }
        // What it started, too; its own number is not given to another before it is reaped.
        kill(-process, SIGKILL)
        var status: Int32 = 0
        let deadline = MonotonicClock.now() + Self.graceNanoseconds
        while unsafe waitpid(process, &status, WNOHANG) == 0, MonotonicClock.now() < deadline {
            usleep(Self.stepMicroseconds)
        }
        guard endedAlone else { return .closedOutput }
        let number = status & 0x7F
        return number == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: number)
    }

    private func waitForEnd() -> Bool {
        let deadline = MonotonicClock.now() + Self.graceNanoseconds
        while !linux_has_ended(process) {
            guard MonotonicClock.now() < deadline else { return false }
            readMessages()
            usleep(Self.stepMicroseconds)
        }
        return true
    }

    private static var variables: [String] {
        var all: [String] = []
        var next = unsafe environ
        while let variable = unsafe next.pointee {
            let text = unsafe String(cString: variable)
            if !withheldVariables.contains(where: { text.hasPrefix("\($0)=") }) { all.append(text) }
            unsafe next += 1
        }
        return all
    }

    private static func withStrings<Result>(
        _ words: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let first = buffer.baseAddress else {
                preconditionFailure("the list ends with nil, so it is not empty")
            }
            return unsafe body(first)
        }
    }
}

/// How a program ended.
package enum ProgramEnd: Sendable, Equatable, CustomStringConvertible {
    /// By itself, with this exit code.
    case exited(code: Int32)
    /// By a signal that this program did not send.
    case killed(signal: Int32)
    /// It closed its output and went on; it was ended then.
    case closedOutput

    package var description: String {
        switch self {
        case .exited(let code): "ended with exit code \(code)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .closedOutput: "closed its output"
        }
    }
}
