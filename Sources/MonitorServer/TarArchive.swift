import Foundation

/// Files in one, in the format `ustar` of POSIX.1-1988 (IEEE Std 1003.1, pax, "ustar Interchange
/// Format").
struct TarArchive {
    private static let blockLength = 512

    private var bytes: [UInt8] = []
    private let modified: Date

    /// Begins an archive whose files were all changed at a time.
    init(modified: Date) {
        self.modified = modified
    }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - name: Its path in the archive, at most 100 bytes of ASCII.
    ///   - content: What it holds.
    mutating func add(_ name: String, _ content: [UInt8]) {
        precondition(name.utf8.count <= 100, "a longer name needs another header")
        var header = [UInt8](repeating: 0, count: Self.blockLength)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put(Self.octal(0o644, digits: 7), at: 100)
        put(Self.octal(0, digits: 7), at: 108)
        put(Self.octal(0, digits: 7), at: 116)
        put(Self.octal(content.count, digits: 11), at: 124)
        put(Self.octal(Int(modified.timeIntervalSince1970), digits: 11), at: 136)
        // The sum is taken with spaces in its own place.
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
        bytes += header
        bytes += content
        bytes += [UInt8](repeating: 0, count: (-content.count) & (Self.blockLength - 1))
    }

    /// The archive with its end.
    func finished() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 2 * Self.blockLength)
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
