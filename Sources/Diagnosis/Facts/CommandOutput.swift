@preconcurrency import Glibc

/// What a program of the system prints.
struct CommandOutput {
    let text: String

    /// Runs a fixed command line; nil if it cannot be run or fails.
    init?(_ line: String) {
        guard let pipe = popen("\(line) 2>/dev/null", "re") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }
}
