@preconcurrency import Glibc
import Platform
import Synchronization

/// The terminal as one picture: nothing of it is left when it ends.
///
/// It is drawn on the terminal's alternate screen, and keys come one by one and unseen.
final class FullScreen {
    /// The signal that asked the program to end; 0: none did.
    private static let signalNumber = Atomic<Int32>(0)

    private var before = termios()
    private var isOpen = false
    private var shown: [String] = []
    private var size = (columns: 0, rows: 0)

    /// Takes the terminal.
    init() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            signal(number) { FullScreen.signalNumber.store($0, ordering: .relaxed) }
        }
        open()
    }

    deinit {
        close()
    }

    /// The signal that asked the program to end, if one did.
    var endingSignal: Int32? {
        let number = Self.signalNumber.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Shows lines, each as wide as the terminal; only those that have changed are written.
    ///
    /// - Parameter picture: Makes the lines for a size.
    /// - Returns: Whether the terminal is still there.
    func draw(_ picture: (_ columns: Int, _ rows: Int) -> [String]) -> Bool {
        let present = Terminal.size(of: STDOUT_FILENO) ?? (80, 24)
        var text = ""
        if present != size {
            (size, shown) = (present, [])
            text = "\u{1B}[2J"
        }
        let lines = picture(size.columns, size.rows)
        for (row, line) in lines.prefix(size.rows).enumerated()
        where row >= shown.count || shown[row] != line {
            text += "\u{1B}[\(row + 1);1H\(line)"
        }
        shown = lines
        return text.isEmpty || put(text)
    }

    /// The keys that were pressed since the last time; nil if the terminal is gone.
    func keys() -> [UInt8]? {
        var keys: [UInt8] = []
        while true {
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) > 0 else { return keys }
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            keys.append(byte)
        }
    }

    /// Gives the terminal back until the program is told to go on, as Ctrl-Z asks.
    func suspend() {
        close()
        kill(getpid(), SIGTSTP)
        open()
    }

    /// Gives the terminal back, as it was.
    func close() {
        guard isOpen else { return }
        isOpen = false
        _ = put("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
    }

    private func open() {
        tcgetattr(STDIN_FILENO, &before)
        var raw = before
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
        isOpen = true
        (size, shown) = ((0, 0), [])
        _ = put("\u{1B}[?1049h\u{1B}[?25l")
    }

    private func put(_ text: String) -> Bool {
        OutputFile.writeAll(Array(text.utf8), to: STDOUT_FILENO) == 0
    }
}
