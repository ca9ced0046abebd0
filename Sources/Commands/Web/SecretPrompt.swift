@preconcurrency import Glibc

/// Asks for a secret on the terminal, which does not show it.
enum SecretPrompt {
    /// Asks and reads a line.
    ///
    /// - Throws: `CommandFailure` where there is no terminal; `CancellationError` on Ctrl-C.
    static func read(_ prompt: String) throws -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else {
            throw CommandFailure(
                .usage,
                "There is no terminal to ask for the password. Pipe it in with --stdin."
            )
        }
        var hidden = shown
        // Keys come one by one, Ctrl-C among them, so that nothing leaves the terminal as it is now.
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        withUnsafeMutableBytes(of: &hidden.c_cc) { keys in
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            StandardError.write("\n")
        }
        StandardError.write(prompt)
        return try readLine()
    }

    private static func readLine() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { break }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 4:
                return String(decoding: bytes, as: UTF8.self)
            case 3: throw CancellationError()
            case 8, 127: removeLastCharacter(of: &bytes)
            case 21: bytes = []
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func removeLastCharacter(of bytes: inout [UInt8]) {
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    }
}
