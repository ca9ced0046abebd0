import AudioFiles
import CSndFile
import Foundation
import TestSupport
import Testing

/// Headers whose lengths were never written, are old, or did not fit.
@Suite struct DeclaredLengthTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let rateHz = 8_000
    private static let frameCount = 12_000
    private static let sound = TestSignal.noise(count: frameCount)
    private static let soundBytes = sound.flatMap { sample -> [UInt8] in
        bytes(UInt16(bitPattern: Int16(sample * 20_000)))
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func chunk(_ name: String, _ content: [UInt8], length: UInt32? = nil) -> [UInt8]
    {
        Array(name.utf8) + bytes(length ?? UInt32(content.count)) + content
    }

    private static let formatChunk = chunk(
        "fmt ",
        bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(rateHz)) + bytes(UInt32(2 * rateHz))
            + bytes(UInt16(2)) + bytes(UInt16(16))
    )

    /// A WAV file of 16-bit integers with lengths as given.
    private static func wave(
        riff: UInt32?,
        data: UInt32?,
        before: [UInt8] = [],
        after: [UInt8] = [],
        sound: [UInt8] = soundBytes
    ) -> [UInt8] {
        let body =
            Array("WAVE".utf8) + before + formatChunk + chunk("data", sound, length: data) + after
        return Array("RIFF".utf8) + bytes(riff ?? UInt32(body.count)) + body
    }

    /// Expects the sound of a file, whole and nothing else.
    private func expectSound(
        in bytes: [UInt8],
        frames: Int = frameCount,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let reader = try RecordingReader(path: folder.write(bytes, to: "sound"))
        let samples = try readAll(reader, chunk: 4_096)
        #expect(samples.count == frames, sourceLocation: sourceLocation)
        #expect(reader.truncation == nil, sourceLocation: sourceLocation)
        let isSame = zip(samples, Self.sound).allSatisfy {
            $0 == Float(Int16($1 * 20_000)) / 0x1p15
        }
        #expect(isSame, sourceLocation: sourceLocation)
    }

    private static let list = chunk(
        "LIST",
        Array("INFOICMT".utf8) + bytes(UInt32(4)) + [65, 66, 67, 0]
    )
    private static let guano = chunk("guan", Array("GUANO|Version:1.0\n".utf8))
    private static let filler = chunk("FLLR", [UInt8](repeating: 0, count: 4_040))

    @Test(
        arguments: [
            (0, 0), (8, 0), (36, 0), (4_088, 0), (nil, 0), (0, nil), (0xFFFF_FFFF, 0xFFFF_FFFF),
            (0x7FFF_FFFF, 0x7FFF_FFDB), (0x8000_0024, 0x8000_0000), (36, 0xFFFF_FFFF),
            (nil, 24_044),
            (1_036, 1_000), (nil, 2),
        ] as [(UInt32?, UInt32?)]
    )
    func aLengthThatWasNotWrittenOrIsOldLosesNoSound(riff: UInt32?, data: UInt32?) throws {
        try expectSound(in: Self.wave(riff: riff, data: data))
        try expectSound(in: Self.wave(riff: riff, data: data, before: Self.filler))
        let trailing = Self.wave(riff: riff, data: data, after: Self.list + Self.guano)
        try expectSound(in: trailing)
    }

    @Test func chunksBehindTheSoundAreNotHeard() throws {
        try expectSound(in: Self.wave(riff: nil, data: nil, after: Self.list))
        try expectSound(in: Self.wave(riff: nil, data: nil, after: Self.guano + Self.list))
        let id3 = Self.chunk("id3 ", [UInt8](repeating: 7, count: 1_000))
        try expectSound(in: Self.wave(riff: nil, data: nil, after: id3))
        try expectSound(in: Self.wave(riff: 0, data: nil, after: id3))
        // A tag's chunk that was cut off, and an ID3v1 tag behind all chunks.
        try expectSound(in: Self.wave(riff: nil, data: nil, after: Array(id3.prefix(500))))
        let tag = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
        try expectSound(in: Self.wave(riff: nil, data: nil, after: tag))
        // Zeros up to the end of a disk's block.
        let block = [UInt8](repeating: 0, count: 20_000)
        try expectSound(in: Self.wave(riff: 24_036, data: nil, after: block))
    }

    @Test func aChunkWithAnOddLengthMayLackItsPadding() throws {
        let odd = Self.chunk("note", [1, 2, 3])
        try expectSound(in: Self.wave(riff: nil, data: nil, before: odd))
        try expectSound(in: Self.wave(riff: nil, data: nil, before: odd + [0]))
    }

    @Test func halfAFrameAtTheEndIsNoDamage() throws {
        try expectSound(in: Self.wave(riff: nil, data: nil, sound: Self.soundBytes + [1]))
        try expectSound(in: Self.wave(riff: 0, data: 0, sound: Self.soundBytes + [1]))
    }

    @Test func aSecondChunkOfSoundIsRead() throws {
        let half = Self.soundBytes.count / 2
        let file = Self.wave(
            riff: nil,
            data: nil,
            after: Self.list + Self.chunk("data", Array(Self.soundBytes[half...])),
            sound: Array(Self.soundBytes[..<half])
        )
        try expectSound(in: file)
    }

    @Test func aFileWithoutSoundButWithChunksBehindItIsEmpty() throws {
        let path = try folder.write(
            Self.wave(riff: nil, data: nil, after: Self.list, sound: []),
            to: "empty.wav"
        )
        #expect(throws: RecordingError.empty(path: path)) { try RecordingReader(path: path) }
    }

    @Test func aLengthBeyondTheEndIsReportedAsCutOff() throws {
        let path = try folder.write(Self.wave(riff: 48_036, data: 48_000), to: "cut.wav")
        let reader = try RecordingReader(path: path)
        #expect(try readAll(reader, chunk: 4_096).count == Self.frameCount)
        #expect(reader.truncation?.declaredSeconds == 3)
    }

    @Test(arguments: [0, 12_000]) func theLongLengthOfRF64IsNotBelievedEither(length: UInt64) throws
    {
        let long = Self.bytes(UInt64(0)) + Self.bytes(length) + Self.bytes(UInt64(0))
        var file = Self.wave(
            riff: .max,
            data: .max,
            before: Self.chunk("ds64", long + Self.bytes(UInt32(0)))
        )
        file.replaceSubrange(..<4, with: Array("RF64".utf8))
        try expectSound(in: file)
    }

    /// More than 4 GiB of sound, whose length in the header is what is left of it in 32 bits.
    @Test(arguments: [false, true]) func aLengthThatWrappedLosesNoSound(hasChunkBehind: Bool) throws
    {
        let soundLength: UInt64 = 4 << 30 + 32_000
        var head = Self.wave(riff: 0, data: UInt32(truncatingIfNeeded: soundLength), sound: [])
        head.replaceSubrange(4..<8, with: Self.bytes(UInt32(truncatingIfNeeded: soundLength + 36)))
        let path = try folder.write(head, to: "long.wav")
        let file = try #require(FileHandle(forWritingAtPath: path))
        // A hole in the file: zeros that take no room.
        try file.truncate(atOffset: UInt64(head.count) + soundLength)
        try file.seekToEnd()
        if hasChunkBehind { try file.write(contentsOf: Self.list) }
        try file.close()
        let reader = try RecordingReader(path: path)
        #expect(reader.frameCount == Int64(soundLength / 2))
        var samples: [Float] = []
        #expect(try reader.readMono(into: &samples, upTo: 20_000) == 20_000)
    }

    @Test(arguments: [
        ("sound.aiff", SF_FORMAT_AIFF), ("sound.au", SF_FORMAT_AU), ("sound.w64", SF_FORMAT_W64),
        ("sound.caf", SF_FORMAT_CAF),
    ])
    func otherContainersLoseNoSoundByTheirLengths(name: String, container: Int) throws {
        let path = try folder.record(
            Self.sound.map { Double(Int16($0 * 20_000)) / 0x1p15 },
            as: name,
            format: container | SF_FORMAT_PCM_16,
            rateHz: Self.rateHz
        )
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        try expectSound(in: whole)
        let (places, width): ([Int], Int) =
            switch name {
            case "sound.aiff":
                (
                    [
                        4, try Self.place(of: "SSND", in: whole) + 4,
                        try Self.place(of: "COMM", in: whole) + 10,
                    ], 4
                )
            case "sound.au": ([8], 4)
            case "sound.w64": ([16, try Self.place(of: "data", in: whole) + 16], 8)
            default: ([try Self.place(of: "data", in: whole) + 4], 8)
            }
        for value in [UInt8(0), 0xFF] {
            var file = whole
            for place in places {
                file.replaceSubrange(
                    place..<place + width,
                    with: [UInt8](repeating: value, count: width)
                )
            }
            try expectSound(in: file)
        }
        if width == 4 {
            // What sox writes where it can't go back to the header.
            var file = whole
            for place in places {
                file.replaceSubrange(place..<place + 4, with: [0x7F, 0, 0, 8])
            }
            try expectSound(in: file)
        }
        let cut = try folder.write(whole.prefix(whole.count - 10_000), to: "cut-\(name)")
        let reader = try RecordingReader(path: cut)
        #expect(try readAll(reader, chunk: 4_096).count == Self.frameCount - 5_000)
        #expect(reader.truncation?.declaredSeconds == 1.5)
    }

    private static func place(of name: String, in bytes: [UInt8]) throws -> Int {
        let mark = Array(name.utf8)
        return try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
    }

    @Test func whatFillsUpTheLastBlockBehindAFLACFileIsNoDamage() throws {
        let path = try folder.record(
            Self.sound.map { Double(Int16($0 * 20_000)) / 0x1p15 },
            as: "sound.flac",
            format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
            rateHz: Self.rateHz
        )
        let file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        try expectSound(in: file + [UInt8](repeating: 0, count: 512))
    }

    @Test(arguments: [0, 3_000, 100_000] as [UInt64])
    func aFLACFileIsReadToItsEndWhateverItsHeaderDeclares(frames: UInt64) throws {
        let path = try folder.record(
            Self.sound.map { Double(Int16($0 * 20_000)) / 0x1p15 },
            as: "sound.flac",
            format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
            rateHz: Self.rateHz
        )
        var file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let fields = file[18..<26].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let changed = (fields >> 36) << 36 | frames
        file.replaceSubrange(18..<26, with: Self.bytes(changed).reversed())
        guard frames > Self.frameCount else {
            try expectSound(in: file)
            // Where the header does not say, a frame that is cut is the sign.
            let reader = try RecordingReader(
                path: folder.write(file.prefix(file.count * 2 / 3), to: "cut.flac")
            )
            #expect(try readAll(reader, chunk: 4_096).count < Self.frameCount)
            #expect(reader.truncation?.message.contains("is truncated") == true)
            return
        }
        let reader = try RecordingReader(path: folder.write(file, to: "long.flac"))
        #expect(try readAll(reader, chunk: 4_096).count == Self.frameCount)
        #expect(reader.truncation?.declaredSeconds == 12.5)
    }
}
