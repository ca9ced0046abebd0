/// One of the streams that follow each other in an Ogg file, found by walking its pages.
///
/// An Ogg file may be several in a row (RFC 3533 calls it chaining): a web radio begins a new one
/// with every title, and joining files with `cat` makes one. Libraries stop at the first one's end.
struct OggStream {
    /// The bytes of its pages.
    let range: Range<Int64>
    /// Whether its last page is missing, or cut.
    private(set) var isCut = false
    /// Whether pages are missing in between.
    private(set) var isDamaged = false

    /// What a page's header says.
    private struct Page {
        let beginsStream: Bool
        let endsStream: Bool
        let serial: UInt32
        let number: UInt32
        let length: Int64
    }

    private static let mark = Array("OggS".utf8)
    /// So many bytes without a page are the end of what can be read.
    private static let longestGap: Int64 = 1 << 26

    /// Finds the stream that begins at an offset or, where other bytes lie, after it.
    ///
    /// Nil if no page follows.
    init?(of file: RecordingFile, at offset: Int64) {
        guard let first = Self.nextPage(of: file, from: offset) else { return nil }
        var position = first
        var numbers: [UInt32: UInt32] = [:]
        var hasSound = false
        var last: Page?
        while let found = Self.nextPage(of: file, from: position),
            let page = Self.page(of: file, at: found)
        {
            if page.beginsStream, hasSound { break }
            hasSound = hasSound || !page.beginsStream
            if let number = numbers[page.serial], page.number != number &+ 1 { isDamaged = true }
            numbers[page.serial] = page.number
            last = page
            position = found + page.length
        }
        isCut = position > file.size || last?.endsStream != true
        range = first..<min(position, file.size)
    }

    /// Where the next page begins at or after an offset; nil if none follows.
    private static func nextPage(of file: RecordingFile, from offset: Int64) -> Int64? {
        if page(of: file, at: offset) != nil { return offset }
        let block = 1 << 16
        var start = offset
        while start < min(file.size, offset + longestGap) {
            let bytes = file.bytes(at: start, count: block + mark.count - 1)
            var index = 0
            while let hit = bytes[index...].firstIndex(of: mark[0]), hit < block {
                if bytes[hit...].starts(with: mark),
                    page(of: file, at: start + Int64(hit)) != nil
                {
                    return start + Int64(hit)
                }
                index = hit + 1
            }
            start += Int64(block)
        }
        return nil
    }

    /// The page at an offset: "OggS", version 0, flags (2: first page, 4: last page), 8 bytes of
    /// position, the stream's serial number, the page's number, a check sum, the number of
    /// segments and their lengths (RFC 3533).
    private static func page(of file: RecordingFile, at offset: Int64) -> Page? {
        let bytes = file.bytes(at: offset, count: 27 + 255)
        guard bytes.count >= 27, bytes.starts(with: mark), bytes[4] == 0 else { return nil }
        let segments = bytes[27...].prefix(Int(bytes[26]))
        func number(at index: Int) -> UInt32 {
            UInt32(ByteOrder.little.number(bytes[index..<index + 4]))
        }
        // Of a page that is cut in its header the length is not known, but too long.
        let missing = Int(bytes[26]) - segments.count
        return Page(
            beginsStream: bytes[5] & 2 != 0,
            endsStream: bytes[5] & 4 != 0,
            serial: number(at: 14),
            number: number(at: 18),
            length: segments.reduce(27 + Int64(bytes[26])) { $0 + Int64($1) } + Int64(missing)
        )
    }
}
