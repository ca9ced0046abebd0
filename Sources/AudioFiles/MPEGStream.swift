/// The header of a frame of MPEG audio, layers I to III (ISO 11172-3, 13818-3).
struct MPEGFrameHeader {
    /// 3: MPEG-1, 2: MPEG-2, 0: "2.5".
    let version: Int
    /// 1 to 3.
    let layer: Int
    /// The rate in Hz.
    let rateHz: Int
    /// 1 or 2.
    let channelCount: Int
    /// The bytes of the frame with its header.
    let length: Int64

    /// The samples of a frame in each channel.
    var sampleCount: Int { layer == 1 ? 384 : layer == 3 && version != 3 ? 576 : 1_152 }

    /// Bit rates in kbit/s, by their number in the header; 0 and 15 are not rates.
    private static let bitRates: [[Int]] = [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]

    /// Reads the header; nil for other bytes, and for a "free" bit rate, which gives no length.
    init?(_ word: UInt32) {
        version = Int(word >> 19 & 3)
        layer = 4 - Int(word >> 17 & 3)
        let bitRate = Int(word >> 12 & 15)
        let rate = Int(word >> 10 & 3)
        guard word >> 21 == 0x7FF, version != 1, layer < 4, (1...14).contains(bitRate), rate < 3,
            word & 3 != 2
        else { return nil }
        rateHz = [44_100, 48_000, 32_000][rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
        channelCount = word >> 6 & 3 == 3 ? 1 : 2
        let table = version == 3 ? layer - 1 : layer == 1 ? 3 : 4
        let bitsPerSecond = Self.bitRates[table][bitRate - 1] * 1_000
        let padding = Int(word >> 9 & 1)
        if layer == 1 {
            length = Int64((12 * bitsPerSecond / rateHz + padding) * 4)
        } else {
            let words = layer == 3 && version != 3 ? 72 : 144
            length = Int64(words * bitsPerSecond / rateHz + padding)
        }
    }

    /// Whether a decoder goes on from a frame of the other kind to one of this.
    func follows(_ other: MPEGFrameHeader) -> Bool {
        version == other.version && layer == other.layer && rateHz == other.rateHz
            && channelCount == other.channelCount
    }

    /// Where in a frame of this kind LAME and others put the number of frames.
    var countOffset: Int64 {
        version == 3 ? (channelCount == 2 ? 36 : 21) : channelCount == 2 ? 21 : 13
    }
}

/// A run of frames of MPEG audio that one decoder decodes, found by walking from header to header.
///
/// The number of frames is counted, since what a file says of it is a guess at best: by the bit
/// rate of the first frame, or from before the file was joined with another.
struct MPEGStream {
    /// The bytes of its frames.
    private(set) var range: Range<Int64>
    /// The first frame's header.
    let first: MPEGFrameHeader
    /// The number of frames with sound.
    private(set) var frameCount: Int64 = 0
    /// The number of frames that the first frame, which holds no sound, declares.
    private(set) var declaredFrameCount: Int64?
    /// Where that number is in the file.
    private(set) var declaredAt: Int64?
    /// Whether the last frame is cut off by the end of the file.
    private(set) var isCut = false
    /// Whether bytes before it are neither frames nor tags nor padding.
    private(set) var isDamaged = false

    /// What may fill up a file without being lost sound.
    static let longestPadding: Int64 = 1 << 16

    private static let longestGap: Int64 = 1 << 26
    private static let longestUnknownBeginning: Int64 = 1 << 18
    /// This many frames in a row cannot be chance.
    private static let certainFrames = 4

    /// Finds the next run of frames; nil if no frame follows.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - start: Where to look from.
    ///   - limit: Where the sound ends at the latest.
    ///   - isContinued: Whether frames lie before.
    init?(in bytes: inout FileWindow, from start: Int64, to limit: Int64, isContinued: Bool) {
        let limit = Self.withoutTags(in: &bytes, from: start, to: limit)
        let expected = Self.afterTags(in: &bytes, at: start, to: limit)
        let gap = isContinued ? Self.longestGap : Self.longestUnknownBeginning
        guard let begin = Self.frame(in: &bytes, from: expected, to: limit, within: gap),
            let header = bytes.mpegHeader(at: begin)
        else { return nil }
        first = header
        // Zeros fill up blocks, so a few of them are not lost sound.
        let passedOver =
            begin - Self.afterTags(in: &bytes, at: start, to: limit, skipsZeros: false)
        isDamaged =
            (isContinued && begin > expected)
            || passedOver > (isContinued ? Self.longestPadding / 8 : Self.longestPadding)
        var position = begin
        while let next = bytes.mpegHeader(at: position), next.follows(header) {
            guard position + next.length <= limit else {
                isCut = true
                break
            }
            let count = Self.declaredCount(in: &bytes, of: next, at: position)
            if let count {
                guard position == begin else { break }
                (declaredFrameCount, declaredAt) = count
            } else {
                frameCount += 1
            }
            position += next.length
        }
        range = begin..<position
    }

    /// Where the first frame begins at or after the beginning of a file; nil if there is none.
    static func firstFrame(in bytes: inout FileWindow, from start: Int64, to limit: Int64) -> Int64?
    {
        let expected = afterTags(in: &bytes, at: start, to: limit)
        return frame(in: &bytes, from: expected, to: limit, within: longestUnknownBeginning)
    }

    private static func frame(
        in bytes: inout FileWindow,
        from expected: Int64,
        to limit: Int64,
        within gap: Int64
    ) -> Int64? {
        var place = expected
        while let candidate = bytes.firstIndex(
            of: 0xFF,
            from: place,
            to: min(limit, expected + gap)
        ) {
            let isExpected = candidate == expected
            if isFrame(in: &bytes, at: candidate, to: limit, isExpected: isExpected) {
                return candidate
            }
            place = candidate + 1
        }
        return nil
    }

    /// Whether a frame begins at a place and further ones follow it.
    private static func isFrame(
        in bytes: inout FileWindow,
        at start: Int64,
        to limit: Int64,
        isExpected: Bool
    ) -> Bool {
        guard let header = bytes.mpegHeader(at: start) else { return false }
        var position = start
        for count in 0..<certainFrames {
            guard position < limit else { return count > 1 || isExpected }
            guard let next = bytes.mpegHeader(at: position), next.follows(header) else {
                return isExpected && count > 1
            }
            position += next.length
        }
        return true
    }

    /// The frame count declared by a header frame (Xing, VBRI), and its position; nil for other
    /// frames.
    private static func declaredCount(
        in bytes: inout FileWindow,
        of header: MPEGFrameHeader,
        at position: Int64
    ) -> (Int64?, Int64?)? {
        let place = position + header.countOffset
        let name = bytes.text(at: place, count: 4)
        if name == "Xing" || name == "Info" {
            // The flags tell what follows; bit 0 is the number of frames.
            guard let flags = bytes.number(at: place + 4), flags & 1 != 0 else { return (nil, nil) }
            return (bytes.number(at: place + 8).map { Int64($0) }, place + 8)
        }
        let fraunhofer = position + 36
        guard bytes.text(at: fraunhofer, count: 4) == "VBRI" else { return nil }
        return (bytes.number(at: fraunhofer + 14).map { Int64($0) }, nil)
    }

    // MARK: - Tags

    /// The end of the sound before tags at the end of a file: ID3v1, Lyrics3, APE.
    static func withoutTags(
        in bytes: inout FileWindow,
        from start: Int64,
        to limit: Int64
    ) -> Int64 {
        var end = limit
        if end - start >= 128, bytes.text(at: end - 128, count: 3) == "TAG" { end -= 128 }
        if end - start >= 15, bytes.text(at: end - 9, count: 9) == "LYRICS200",
            let length = Int64(bytes.text(at: end - 15, count: 6)), length + 15 <= end - start
        {
            end -= length + 15
        }
        if end - start >= 32, bytes.text(at: end - 32, count: 8) == "APETAGEX",
            let length = bytes.littleNumber(at: end - 20),
            let flags = bytes.littleNumber(at: end - 12)
        {
            let whole = Int64(length) + (flags >> 31 == 1 ? 32 : 0)
            if whole <= end - start { end -= whole }
        }
        return end
    }

    /// How many bytes after a run of frames are not tags.
    static func bytesAfterTags(
        in bytes: inout FileWindow,
        from start: Int64,
        to limit: Int64
    ) -> Int64 {
        let limit = withoutTags(in: &bytes, from: start, to: limit)
        return limit - afterTags(in: &bytes, at: start, to: limit, skipsZeros: false)
    }

    /// Where the sound begins after tags: ID3v2, and what the file before ended with; zeros too,
    /// unless they count.
    private static func afterTags(
        in bytes: inout FileWindow,
        at start: Int64,
        to limit: Int64,
        skipsZeros: Bool = true
    ) -> Int64 {
        var position = start
        for _ in 0..<1_000 where position < limit {
            guard let length = tagLength(in: &bytes, at: position) else { break }
            position += length
        }
        guard skipsZeros, position < limit, bytes.byte(at: position) == 0 else {
            return min(position, limit)
        }
        return bytes.firstNonzero(from: position, to: min(limit, position + longestGap)) ?? limit
    }

    private static func tagLength(in bytes: inout FileWindow, at place: Int64) -> Int64? {
        if bytes.text(at: place, count: 3) == "ID3" { return bytes.id3Length(at: place) }
        if bytes.text(at: place, count: 3) == "TAG" { return 128 }
        guard bytes.text(at: place, count: 8) == "APETAGEX",
            let length = bytes.littleNumber(at: place + 12)
        else { return nil }
        return 32 + Int64(length)
    }
}
