/// The streams of sound that follow each other in a recording's file, each with its decoder.
///
/// Most files hold one. Ogg, MP3, FLAC and WAV files that were joined hold several, which may
/// differ in rate and channels.
///
/// libsndfile decodes what it reads, libmpg123 MPEG audio, and FFmpeg's libraries the rest where
/// they are installed. Each gets a view of the file in which the lengths are true.
struct RecordingStreams {
    /// One stream.
    struct Stream {
        let decoder: any FrameDecoder
        /// How many bytes of sound are present, and how many there should be; nil unless the file
        /// was cut off.
        var cut: (heldBytes: Int64, declaredBytes: Int64)?
        /// Whether the end is missing, with no sign of how much is missing.
        var isUnterminated = false
        /// Whether the end is there, so that what is missing is missing in between.
        var hasEnd = false
        /// Whether the container is damaged inside.
        var isDamaged = false
    }

    private enum Container {
        case wave
        case ogg
        case mpeg
        case flac
        case other
    }

    /// Whether nothing follows the streams that were opened, as far as that is known.
    var isAtEnd: Bool { position >= file.size || container == .other || container == .flac }

    private let file: RecordingFile
    private let path: String
    private var container: Container
    private var position: Int64 = 0
    private var window: FileWindow
    /// MPEG audio inside a WAV file, and where that file ends.
    private var mpegInWave: (range: Range<Int64>, end: Int64)?
    private var flacView: FileView?
    private var hasOpened = false

    /// Recognises a file by its content.
    init(_ file: RecordingFile, path: String) {
        self.file = file
        self.path = path
        window = FileWindow(file)
        // MP3 files have tags of this kind at their beginning, and others may have.
        var start: Int64 = 0
        while window.text(at: start, count: 3) == "ID3", let length = window.id3Length(at: start) {
            start += length
        }
        position = start
        if WaveHeader.begins(in: file, at: start) {
            container = .wave
        } else if window.text(at: start, count: 4) == "OggS" {
            container = .ogg
        } else if FLACHeader(of: file, at: start) != nil {
            container = .flac
        } else if let frame = MPEGStream.firstFrame(in: &window, from: start, to: file.size),
            start > 0 || frame == 0
        {
            container = .mpeg
        } else {
            container = .other
        }
    }

    /// Opens the next stream; nil if none is left.
    ///
    /// - Throws: Why what is there can't be decoded. The next stream may still be decodable.
    mutating func next() throws(RecordingError) -> Stream? {
        defer { hasOpened = true }
        switch container {
        case .wave: return try nextWave()
        case .ogg: return try nextOgg()
        case .mpeg: return try nextMPEG(to: file.size)
        case .flac: return try nextFLAC()
        case .other: return hasOpened ? nil : try openOther()
        }
    }

    private mutating func nextWave() throws(RecordingError) -> Stream? {
        if let (range, end) = mpegInWave {
            if let stream = try nextMPEG(to: range.upperBound) { return stream }
            mpegInWave = nil
            position = end
        }
        guard !hasOpened || WaveHeader.begins(in: file, at: position) else { return nil }
        guard let header = WaveHeader(of: file, at: position) else {
            position = file.size
            throw damaged
        }
        position = header.end
        let held = header.sound.upperBound - header.sound.lowerBound
        let cut = header.missedLength.map { (held, $0) }
        if header.isMPEG {
            position = header.sound.lowerBound
            mpegInWave = (header.sound, header.end)
            guard let stream = try nextMPEG(to: header.sound.upperBound) else { throw damaged }
            return stream
        }
        if let decoder = SoundFileDecoder(header.corrected) {
            return Stream(decoder: decoder, cut: cut)
        }
        guard !hasOpened else { throw damaged }
        position = file.size
        return Stream(decoder: try openWithFFmpeg(header.corrected), cut: cut)
    }

    private mutating func nextOgg() throws(RecordingError) -> Stream? {
        guard let ogg = OggStream(of: file, at: position) else {
            guard hasOpened else { throw damaged }
            return nil
        }
        position = ogg.range.upperBound
        var stream =
            if let decoder = SoundFileDecoder(FileView(file, [.stretch(ogg.range)])) {
                Stream(decoder: decoder)
            } else {
                Stream(decoder: try openWithFFmpeg(FileView(file, [.stretch(ogg.range)])))
            }
        stream.isUnterminated = ogg.isCut
        stream.hasEnd = !ogg.isCut
        stream.isDamaged = ogg.isDamaged
        return stream
    }

    private mutating func nextMPEG(to limit: Int64) throws(RecordingError) -> Stream? {
        guard
            let mpeg = MPEGStream(
                in: &window,
                from: position,
                to: limit,
                isContinued: hasOpened
            )
        else {
            guard hasOpened || container == .wave else { throw damaged }
            let rest = MPEGStream.bytesAfterTags(in: &window, from: position, to: limit)
            position = limit
            guard rest <= MPEGStream.longestPadding else {
                throw .notAudio(
                    path: path,
                    reason: "its last \(rest) bytes are neither MPEG audio nor tags"
                )
            }
            return nil
        }
        position = mpeg.range.upperBound
        // A frame that is cut is not a next stream.
        if mpeg.isCut { position = limit }
        guard mpeg.frameCount > 0 else { return try nextMPEG(to: limit) }
        guard let decoder = MPEGDecoder(mpeg, of: file) else { throw damaged }
        var stream = Stream(decoder: decoder)
        let declared = mpeg.declaredFrameCount ?? 0
        // Some programs count the frame that holds the number.
        if declared > mpeg.frameCount + 1 {
            stream.cut = (mpeg.frameCount, declared)
        } else {
            stream.isUnterminated = mpeg.isCut && declared < mpeg.frameCount
        }
        return stream
    }

    private mutating func nextFLAC() throws(RecordingError) -> Stream? {
        if let view = flacView {
            view.skipToMark()
            guard let end = view.endInFile, end > position, end < file.size else { return nil }
            position = end
        }
        guard let header = FLACHeader(of: file, at: position) else { return nil }
        let end = MPEGStream.withoutTags(in: &window, from: position, to: file.size)
        let view = FileView(
            file,
            header.pieces(of: file, to: end),
            endingBefore: FLACHeader.marks
        )
        flacView = view
        guard let decoder = SoundFileDecoder(view) else { throw damaged }
        return Stream(decoder: decoder)
    }

    private mutating func openOther() throws(RecordingError) -> Stream {
        let lengths = ContainerLengths(of: file)
        let whole = FileView(file, [.stretch(0..<file.size)])
        let untagged = FileView(file, [.stretch(min(position, file.size)..<file.size)])
        // libsndfile would have libmpg123 search such a file, and write to standard error.
        let isLikeMPEG = (window.number(at: position) ?? 0) >> 21 == 0x7FF
        if !isLikeMPEG, let decoder = SoundFileDecoder(lengths?.view ?? untagged) {
            return Stream(decoder: decoder, cut: lengths?.cut)
        }
        // Junk may lie before the first frame of MPEG audio, but not before other formats.
        if mediaKind == nil,
            MPEGStream.firstFrame(in: &window, from: 0, to: file.size) != nil,
            let stream = try nextMPEG(to: file.size)
        {
            container = .mpeg
            return stream
        }
        return Stream(decoder: try openWithFFmpeg(whole))
    }

    // MARK: - FFmpeg

    private func openWithFFmpeg(_ view: FileView) throws(RecordingError) -> FFmpegDecoder {
        do throws(FFmpegDecoder.Refusal) {
            return try FFmpegDecoder(view)
        } catch {
            switch error {
            case .missing(let advice) where mediaKind != nil:
                throw .needsFFmpeg(path: path, format: mediaKind ?? "", advice: advice)
            case .noSound: throw .notAudio(path: path, reason: "it has no audio track")
            case .unknownEncoding:
                throw .notAudio(
                    path: path,
                    reason: "its audio encoding is not supported"
                )
            case .missing, .unreadable: throw damaged
            }
        }
    }

    /// What only FFmpeg reads, by its first bytes; nil for anything else.
    private var mediaKind: String? {
        let head = file.bytes(at: 0, count: 16)
        func has(_ text: String, at offset: Int) -> Bool {
            head.dropFirst(offset).starts(with: text.utf8)
        }
        if has("ftyp", at: 4) || has("moov", at: 4) || has("mdat", at: 4) { return "MP4 (M4A)" }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "WebM or Matroska" }
        if head.starts(with: [0x30, 0x26, 0xB2, 0x75]) { return "WMA" }
        if has("#!AMR", at: 0) { return "AMR" }
        if has("RIFF", at: 0), has("AVI ", at: 8) { return "AVI" }
        if has("RIFF", at: 0) || has("RF64", at: 0) { return "an encoding in WAV" }
        if has("OggS", at: 0) { return "an encoding in Ogg" }
        if has("caff", at: 0) { return "an encoding in CAF" }
        if has("wvpk", at: 0) { return "WavPack" }
        if has("MAC ", at: 0) { return "Monkey's Audio" }
        if has("FLV", at: 0) { return "FLV" }
        if head.count > 1, head[0] == 0xFF, head[1] & 0xF6 == 0xF0 { return "AAC" }
        return nil
    }

    /// The error for a file that nothing opens, in words that its first bytes allow.
    private var damaged: RecordingError {
        let head = file.bytes(at: 0, count: 12)
        let marks = ["RIFF", "RIFX", "RF64", "BW64", "riff", "fLaC", "FORM", ".snd"]
        let isKnown =
            marks.contains(String(decoding: head.prefix(4), as: UTF8.self)) || mediaKind != nil
            || head.starts(with: "ID3".utf8) || head.starts(with: [0xFF])
        let isUnfinished = head.dropFirst(4).starts(with: "ftyp".utf8)
        let reason =
            isUnfinished
            ? "its index is damaged or missing, as in an unfinished recording"
            : isKnown
                ? "it is damaged, truncated, or in an unsupported encoding"
                : "its format is not recognised"
        return .notAudio(path: path, reason: reason)
    }
}
