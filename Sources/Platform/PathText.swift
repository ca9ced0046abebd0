/// Paths as text that loses no byte.
///
/// A path is bytes to the system and a `String` to Swift, which cannot hold bytes that are not
/// UTF-8. Everywhere in this program a path is text in which such a byte, 0x80...0xFF, stands as
/// the character U+EF00 plus the byte: `caf\xE9.wav` is `"caf\u{EFE9}.wav"`. A name that holds one
/// of the characters U+EF80...U+EFFF itself has each of that character's bytes written in this
/// way, so every sequence of bytes has one text and every text gives its bytes back. Code that
/// hands a path to the system calls ``withBytes(of:_:)``.
package enum PathText {
    private static let standIns: ClosedRange<UInt32> = 0xEF80...0xEFFF

    /// The text of a path's bytes.
    package static func text(of bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self), !holdsStandIns(text) { return text }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            let length = rest.prefix(4).indices.first { end in
                String(validating: rest[rest.startIndex...end], as: UTF8.self) != nil
            }
            if let length,
                let scalar = String(decoding: rest[...length], as: UTF8.self).unicodeScalars.first,
                !standIns.contains(scalar.value)
            {
                scalars.append(scalar)
                rest = rest[(length + 1)...]
            } else {
                // Only bytes from 0x80 are part of what is not UTF-8, or of a stand-in.
                scalars.append(standIn(for: first))
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    /// The bytes of a path.
    package static func bytes(of text: String) -> [UInt8] {
        guard holdsStandIns(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            standIns.contains(scalar.value)
                ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    /// Calls a function of the C library with a path.
    package static func withBytes<Result>(
        of text: String,
        _ body: (UnsafePointer<CChar>) throws -> Result
    ) rethrows -> Result {
        guard holdsStandIns(text) else { return try text.withCString(body) }
        let characters = bytes(of: text).map { CChar(bitPattern: $0) } + [0]
        return try characters.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("It ends with 0") }
            return try body(start)
        }
    }

    /// A path, or a message that names some, as a terminal may show it.
    ///
    /// Bytes that are not UTF-8 become `\xE9`; line ends, escape sequences and other controls,
    /// and marks that turn the direction of writing, become `\n`, `\x1B`, `\u202E`. A backslash
    /// stays as it is: this is for people, and not to be read back.
    package static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { escape(of: $0) != nil }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if let escape = escape(of: scalar) {
                shown += escape
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The last part of a path, without slashes at its end.
    ///
    /// Found among the scalars: a name may begin with an accent, which makes one character of it
    /// and the slash.
    package static func lastPart(of path: String) -> String {
        path.unicodeScalars.split(separator: "/").last.map { String($0) } ?? path
    }

    /// The folder that a path is in, `.` for a name alone.
    package static func folder(of path: String) -> String {
        let scalars = path.unicodeScalars
        guard let slash = scalars.lastIndex(of: "/") else { return "." }
        return slash == scalars.startIndex ? "/" : String(scalars[..<slash])
    }

    /// The extension of a name in lower case, without its dot; empty if there is none.
    package static func ending(of path: String) -> String {
        let name = lastPart(of: path).unicodeScalars
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
        return String(name[name.index(after: dot)...]).lowercased()
    }

    /// The last part of a path without its ending.
    package static func stem(of path: String) -> String {
        let name = lastPart(of: path).unicodeScalars
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }

    /// A name in a folder.
    package static func join(_ folder: String, _ name: String) -> String {
        folder.unicodeScalars.last == "/" ? folder + name : "\(folder)/\(name)"
    }

    /// A path without slashes at its end.
    package static func withoutSlashes(_ path: String) -> String {
        var scalars = path.unicodeScalars[...]
        while scalars.count > 1, scalars.last == "/" { scalars = scalars.dropLast() }
        return String(scalars)
    }

    /// Whether one path comes before another: by their bytes, which no language changes.
    package static func precedes(_ first: String, _ second: String) -> Bool {
        bytes(of: first).lexicographicallyPrecedes(bytes(of: second))
    }

    private static func holdsStandIns(_ text: String) -> Bool {
        text.unicodeScalars.contains { standIns.contains($0.value) }
    }

    private static func standIn(for byte: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(0xEF00 + UInt32(byte)) ?? "\u{FFFD}"
    }

    private static func escape(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x09: "\\t"
        case 0..<0x20, 0x7F: "\\x" + hexadecimal(scalar.value, digits: 2)
        case standIns: "\\x" + hexadecimal(scalar.value & 0xFF, digits: 2)
        case 0x80..<0xA0, 0x2028...0x202E, 0x2066...0x2069:
            "\\u" + hexadecimal(scalar.value, digits: 4)
        default: nil
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
