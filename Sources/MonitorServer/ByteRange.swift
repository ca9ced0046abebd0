/// The part of a file that a request asks for, as in RFC 9110, §14.
enum ByteRange: Equatable {
    /// All of it: nothing was asked for, or something that may be ignored.
    case whole
    /// These bytes.
    case part(ClosedRange<Int>)
    /// What was asked for is not in the file.
    case unsatisfiable

    /// Reads the header `Range`.
    ///
    /// Several ranges, other units and what is not in the form are ignored, which the standard
    /// allows.
    /// - Parameters:
    ///   - header: The header; nil if there is none.
    ///   - length: The length of the file, in bytes.
    init(_ header: String?, ofFileWithLength length: Int) {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else {
            self = .whole
            return
        }
        let ends = header.dropFirst("bytes=".count)
            .split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        guard ends.count == 2, ends != ["", ""],
            ends.allSatisfy({ $0.isEmpty || Self.number($0) != nil })
        else {
            self = .whole
            return
        }
        switch (Self.number(ends[0]), Self.number(ends[1])) {
        case (let first?, let last?) where last < first: self = .whole
        case (let first?, let last): self = Self.bytes(from: first, to: last ?? length, of: length)
        case (nil, 0), (nil, nil): self = .unsatisfiable
        case (nil, let count?):
            self = Self.bytes(from: max(0, length - count), to: length, of: length)
        }
    }

    private static func bytes(from first: Int, to last: Int, of length: Int) -> ByteRange {
        first < length ? .part(first...min(last, length - 1)) : .unsatisfiable
    }

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(digits)
    }
}
