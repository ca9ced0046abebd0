@preconcurrency import Glibc

/// Asks for single keys on the terminal, which is as it was when nobody asks.
struct KeyPrompt {
    /// A key that ends everything: Ctrl-C.
    static let interrupt: UInt8 = 3
    /// The end of what is typed: Ctrl-D.
    static let end: UInt8 = 4

    /// Waits for a key; nil if the terminal is gone.
    static func key() -> UInt8? {
        withSingleKeys {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count < 0, errno == EINTR { continue }
                return count == 1 ? byte : nil
            }
        }
    }

    /// Runs something until it is done or a key is pressed.
    ///
    /// - Parameter isDone: Is asked ten times a second.
    static func wait(until isDone: () -> Bool) {
        withSingleKeys {
            while !isDone() {
                var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 100) > 0 else { continue }
                var byte: UInt8 = 0
                _ = read(STDIN_FILENO, &byte, 1)
                return
            }
        }
    }

    /// Asks for a line, which the terminal shows and lets the user edit; nil if there is none.
    static func line(_ prompt: String) throws -> String? {
        try StandardOutput.write(prompt)
        try StandardOutput.flush()
        return readLine(strippingNewline: true)
    }

    private static func withSingleKeys<Value>(_ body: () -> Value) -> Value {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return body() }
        var single = before
        single.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        withUnsafeMutableBytes(of: &single.c_cc) { keys in
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        tcsetattr(STDIN_FILENO, TCSADRAIN, &single)
        defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
        return body()
    }
}
