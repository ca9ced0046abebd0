import Foundation
import Glibc

/// A program on a terminal of its own, and what its user sees there.
final class PseudoTerminal {
    /// What is on the screen.
    private(set) var screen: TerminalScreen
    /// All bytes that the program has written, as text.
    private(set) var written = ""

    private let end: Int32
    private var identifier = pid_t()
    private var status: Int32?
    private var unread: [UInt8] = []

    /// Starts the built program.
    init(
        _ program: BuiltProgram,
        _ arguments: String...,
        columns: Int = 80,
        rows: Int = 24
    ) throws {
        screen = TerminalScreen(columns: columns, rows: rows)
        end = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN: what unlockpt and ptsname ask, which Swift does not see.
        var (isLocked, number) = (Int32(0), Int32(0))
        guard end >= 0, ioctl(end, 0x4004_5431, &isLocked) == 0,
            ioctl(end, 0x8004_5430, &number) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let name = "/dev/pts/\(number)"
        setSize(columns: columns, rows: rows)
        var environment = ProcessInfo.processInfo.environment.merging(program.environment) { $1 }
        environment["TERM"] = "xterm-256color"
        environment["NO_COLOR"] = nil
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var noSignals = sigset_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        // A session of its own (POSIX_SPAWN_SETSID), which the terminal that it opens first belongs to.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | 0x80)
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        let path = BuiltProgram.folder + "/earwitness"
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer {
            (words + variables).forEach { free($0) }
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let code = posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    }

    deinit {
        if status == nil {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
        close(end)
    }

    /// Makes the window larger or smaller.
    func resize(columns: Int, rows: Int) {
        screen = TerminalScreen(columns: columns, rows: rows, isAlternate: screen.isAlternate)
        setSize(columns: columns, rows: rows)
    }

    func send(_ signal: Int32) {
        kill(identifier, signal)
    }

    /// Presses keys.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(end, bytes, bytes.count)
    }

    /// Reads what the program writes until a condition holds.
    func wait(
        until what: String,
        seconds: TimeInterval = 30,
        _ condition: (TerminalScreen) throws -> Bool
    ) throws {
        do {
            try Wait.until(what, seconds: seconds) {
                listen()
                return try condition(screen)
            }
        } catch {
            throw Browser.Failed(description: "\(error); on the screen:\n\(screen.text)")
        }
    }

    /// Waits for the end and gives the exit code, or 128 and the signal.
    func outcome() throws -> Int32 {
        try Wait.until("the program ends") {
            listen()
            var found: Int32 = 0
            guard status == nil, waitpid(identifier, &found, WNOHANG) == identifier else {
                return status != nil
            }
            status = found
            return true
        }
        listen()
        let code = status ?? 0
        return code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + code & 0x7F
    }

    /// Whether the terminal shows what is typed, as it does while a shell waits.
    var echoes: Bool {
        var state = termios()
        tcgetattr(end, &state)
        return state.c_lflag & tcflag_t(ECHO) != 0
    }

    private func setSize(columns: Int, rows: Int) {
        var size = winsize()
        (size.ws_col, size.ws_row) = (UInt16(columns), UInt16(rows))
        _ = ioctl(end, UInt(TIOCSWINSZ), &size)
    }

    private func listen() {
        var waiting = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, 20) > 0 {
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            let count = read(end, &chunk, chunk.count)
            guard count > 0 else { return }
            unread += chunk[..<count]
            // A character may be cut.
            let whole = unread.lastIndex { $0 & 0xC0 != 0x80 }.map { last in
                String(validating: unread[last...], as: UTF8.self) == nil ? last : unread.count
            }
            let text = String(decoding: unread[..<(whole ?? 0)], as: UTF8.self)
            unread.removeFirst(whole ?? 0)
            written += text
            screen.show(text)
        }
    }
}

/// The characters on a terminal: as much of ECMA-48 as the program uses.
struct TerminalScreen {
    let columns: Int
    let rows: Int
    private(set) var isAlternate: Bool
    private(set) var hidesCursor = false
    /// What has left the screen at its top.
    private(set) var above: [String] = []
    private var cells: [[Character]]
    private var (row, column) = (0, 0)
    private var sequence = ""

    init(columns: Int, rows: Int, isAlternate: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.isAlternate = isAlternate
        cells = Self.empty(columns, rows)
    }

    /// The rows without the spaces at their ends.
    var lines: [String] {
        cells.map { row in
            String(String(row).reversed().drop { $0 == " " }.reversed())
        }
    }

    var text: String { (above + lines).joined(separator: "\n") }

    /// Shows text with its escape sequences.
    mutating func show(_ text: String) {
        for scalar in text.unicodeScalars {
            if !sequence.isEmpty {
                sequence.unicodeScalars.append(scalar)
                let isFinal = ("@"..."~").contains(scalar) && sequence != "\u{1B}["
                if isFinal { obey() }
                continue
            }
            switch scalar {
            case "\u{1B}": sequence = "\u{1B}"
            case "\r": column = 0
            case "\n": breakLine()
            default: if scalar.value >= 32 { put(Character(scalar)) }
            }
        }
    }

    private mutating func put(_ character: Character) {
        if column == columns {
            column = 0
            breakLine()
        }
        cells[row][column] = character
        column += 1
    }

    private mutating func breakLine() {
        guard row == rows - 1 else {
            row += 1
            return
        }
        above.append(lines[0])
        cells.removeFirst()
        cells.append([Character](repeating: " ", count: columns))
    }

    private mutating func obey() {
        let body = sequence.dropFirst(2).dropLast()
        let numbers = body.split(separator: ";").compactMap { Int($0) }
        switch (sequence.last, String(body)) {
        case ("H", _):
            row = min(rows, max(1, numbers.first ?? 1)) - 1
            column = min(columns, max(1, numbers.dropFirst().first ?? 1)) - 1
        case ("K", _):
            for place in min(column, columns - 1)..<columns { cells[row][place] = " " }
        case ("J", "2"): cells = Self.empty(columns, rows)
        case ("h", "?1049"):
            isAlternate = true
            (row, column) = (0, 0)
        case ("l", "?1049"): isAlternate = false
        case ("l", "?25"): hidesCursor = true
        case ("h", "?25"): hidesCursor = false
        default: break
        }
        sequence = ""
    }

    private static func empty(_ columns: Int, _ rows: Int) -> [[Character]] {
        Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }
}
