import AudioFiles
import CSndFile
import Foundation
import TestSupport
import Testing

/// Files that hold several recordings one after the other, as `cat` and web radios make them.
@Suite struct JoinedRecordingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let seconds = 2

    /// Two seconds of a sine as the bytes of a file.
    private func sine(
        _ hz: Double,
        _ format: FileFormat,
        rateHz: Int? = nil,
        channels: Int = 1
    ) throws -> [UInt8] {
        let rate = rateHz ?? format.rateHz
        let mono = TestSignal.sine(hz: hz, rateHz: rate, count: Self.seconds * rate)
        let path = try folder.record(
            mono.flatMap { [Double](repeating: Double($0), count: channels) },
            as: "part-\(format.name)",
            format: format.code,
            rateHz: rate,
            channels: channels
        )
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Expects 440 Hz in the first two seconds and 880 Hz in the next two, and nothing missing.
    private func expectBothSines(
        in bytes: [UInt8],
        _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let reader = try RecordingReader(path: folder.write(bytes, to: name))
        let samples = try readAll(reader, chunk: 5_000)
        let rate = reader.sampleRateHz
        // A codec may add some frames that hold silence.
        let length = Double(samples.count) / Double(rate)
        #expect(abs(length - 4) < 0.15, "\(name): \(length) s", sourceLocation: sourceLocation)
        #expect(reader.truncation == nil, "\(name)", sourceLocation: sourceLocation)
        for (start, hz) in [(0, 440.0), (2, 880.0)] where samples.count > 3 * rate + rate / 2 {
            let middle = samples[(start * rate + rate / 2)..<((start + 1) * rate + rate / 2)]
            let found = TestSignal.component(hz: hz, of: middle, rateHz: rate)
            #expect(
                abs(found.amplitude - 0.5) < 0.03,
                "\(name): \(hz) Hz has \(found.amplitude)",
                sourceLocation: sourceLocation
            )
        }
    }

    private static let joinable = FileFormat.all.filter {
        ["s16.wav", "f32.wav", "s16.flac", "vorbis.ogg", "opus.ogg", "layer3.mp3"].contains($0.name)
    }

    @Test(arguments: joinable)
    func bothPartsOfAJoinedFileAreRead(format: FileFormat) throws {
        try expectBothSines(in: sine(440, format) + sine(880, format), format.name)
    }

    @Test(arguments: joinable)
    func aSecondPartWithAnotherRateAndChannelCountIsReadAtTheFirstOnesRate(
        format: FileFormat
    ) throws {
        let first = try sine(440, format, rateHz: 48_000, channels: 2)
        let second = try sine(880, format, rateHz: 24_000)
        try expectBothSines(in: first + second, format.name)
        let path = try folder.write(first + second, to: "second-channel-\(format.name)")
        let reader = try RecordingReader(path: path, channel: .only(1))
        let samples = try readAll(reader, chunk: 5_000)
        #expect(abs(Double(samples.count) / 48_000 - 2) < 0.1)
        #expect(
            reader.truncation?.message.contains(
                "has more data after the 2.0 s that were read, but it cannot be decoded "
                    + "(it has 1 channel(s), no channel 2)"
            ) == true || format.isLossy && reader.truncation != nil
        )
    }

    @Test func tagsBetweenJoinedPartsAreNoDamage() throws {
        let format = try #require(FileFormat.all.first { $0.name == "layer3.mp3" })
        let (first, second) = try (sine(440, format), sine(880, format))
        let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
        // Version 2.3, no flags, 300 bytes: 2 · 128 + 44.
        let id3v2 =
            Array("ID3".utf8) + [3, 0, 0, 0, 0, 2, 44] + [UInt8](repeating: 0xFF, count: 300)
        let ape =
            Array("APETAGEX".utf8) + [0xD0, 7, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xA0]
            + [UInt8](repeating: 0, count: 8)
        let apeTag = ape + [UInt8](repeating: 0xFB, count: 40) + ape
        try expectBothSines(in: id3v2 + first + id3v1 + id3v2 + second + id3v1, "id3.mp3")
        try expectBothSines(in: first + apeTag + id3v1 + second + apeTag, "ape.mp3")
        try expectBothSines(in: first + [UInt8](repeating: 0, count: 5_000) + second, "zeros.mp3")
    }

    @Test func soundThatIsLostBetweenTheFramesOfAnMP3IsReported() throws {
        let format = try #require(FileFormat.all.first { $0.name == "layer3.mp3" })
        let (first, second) = try (sine(440, format), sine(880, format))
        let path = try folder.write(
            first + [UInt8](repeating: 0x55, count: 3_000) + second,
            to: "hole.mp3"
        )
        let reader = try RecordingReader(path: path)
        #expect(abs(try readAll(reader, chunk: 4_096).count - 4 * format.rateHz) < 5_000)
        #expect(reader.truncation?.kind == .damaged)
    }

    @Test func aPageThatIsMissingInAnOggFileIsReported() throws {
        let format = try #require(FileFormat.all.first { $0.name == "vorbis.ogg" })
        let noise = TestSignal.noise(count: 10 * format.rateHz).map { Double($0) / 2 }
        let path = try folder.record(
            noise,
            as: "whole.ogg",
            format: format.code,
            rateHz: format.rateHz
        )
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let mark = Array("OggS".utf8)
        let pages = bytes.indices.filter { bytes[$0...].starts(with: mark) }
        try #require(pages.count > 8)
        let middle = pages.count / 2
        let cut = Array(bytes[..<pages[middle]] + bytes[pages[middle + 1]...])
        let reader = try RecordingReader(path: folder.write(cut, to: "hole.ogg"))
        #expect(try readAll(reader, chunk: 4_096).count > 8 * format.rateHz)
        #expect(reader.truncation?.message.contains("is damaged: ") == true)
    }

    @Test func bytesBetweenThePagesOfAnOggFileLoseNothing() throws {
        let format = try #require(FileFormat.all.first { $0.name == "vorbis.ogg" })
        let (first, second) = try (sine(440, format), sine(880, format))
        try expectBothSines(in: first + TestSignal.bytes(70_000) + second, "junk.ogg")
    }
}

extension TestSignal {
    /// Bytes without a pattern.
    static func bytes(_ count: Int) -> [UInt8] {
        noise(count: count, seed: 7).map { UInt8(truncatingIfNeeded: Int($0 * 1_000)) }
    }
}
