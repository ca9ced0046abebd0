import AudioFiles
import Foundation
import TestSupport
import Testing

/// WAV files of 64-bit integers, written byte by byte because no library here writes them.
@Suite struct WideIntegerWaveTests {
    private static let rateHz = 22_050
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func format(channels: Int, isExtensible: Bool) -> [UInt8] {
        var format = bytes(UInt16(isExtensible ? 0xFFFE : 1)) + bytes(UInt16(channels))
        format += bytes(UInt32(rateHz)) + bytes(UInt32(rateHz * channels * 8))
        format += bytes(UInt16(channels * 8)) + bytes(UInt16(64))
        guard isExtensible else { return format }
        format += bytes(UInt16(22)) + bytes(UInt16(64)) + bytes(UInt32(0)) + bytes(UInt16(1))
        return format + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    }

    /// A file of samples that are a sine, halved from channel to channel.
    private func write(
        _ name: String,
        frames: Int,
        channels: Int = 1,
        isExtensible: Bool = false,
        isRF64: Bool = false
    ) throws -> String {
        let samples = (0..<frames).flatMap { frame in
            (0..<channels).map { channel in
                Self.bytes(Int64(Self.sample(frame) / Double(1 << channel) * 0x1p63))
            }.flatMap { $0 }
        }
        let format = Self.format(channels: channels, isExtensible: isExtensible)
        var body = Array("WAVE".utf8)
        if isRF64 {
            let lengths = [UInt64(samples.count + 200), UInt64(samples.count), UInt64(frames)]
            body += Array("ds64".utf8) + Self.bytes(UInt32(28))
            body += lengths.flatMap { Self.bytes($0) } + Self.bytes(UInt32(0))
        }
        body += Array("fmt ".utf8) + Self.bytes(UInt32(format.count)) + format
        body += Array("LIST".utf8) + Self.bytes(UInt32(3)) + [1, 2, 3, 0]
        let unknown = UInt32.max
        body += Array("data".utf8) + Self.bytes(isRF64 ? unknown : UInt32(samples.count)) + samples
        let head = Array((isRF64 ? "RF64" : "RIFF").utf8)
        let length = isRF64 ? unknown : UInt32(body.count)
        return try folder.write(head + Self.bytes(length) + body, to: name)
    }

    private static func sample(_ frame: Int) -> Double {
        0.5 * sin(2 * Double.pi * 440 * Double(frame) / Double(rateHz))
    }

    private func readAll(_ reader: RecordingReader, chunk: Int = 1_000) throws -> [Float] {
        var samples: [Float] = []
        while try reader.readMono(into: &samples, upTo: chunk) > 0 {}
        return samples
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func everyHeaderGivesTheSineBack(isExtensible: Bool, isRF64: Bool) throws {
        let path = try write(
            "wide.wav",
            frames: 10_000,
            isExtensible: isExtensible,
            isRF64: isRF64
        )
        let reader = try RecordingReader(path: path)
        #expect(reader.sampleRateHz == Self.rateHz && reader.channelCount == 1)
        #expect(reader.frameCount == 10_000)
        let samples = try readAll(reader)
        try #require(samples.count == 10_000)
        for frame in samples.indices {
            #expect(abs(Double(samples[frame]) - Self.sample(frame)) < 1e-7)
        }
        #expect(reader.truncation == nil)
    }

    @Test func channelsAreMixedOrChosen() throws {
        let path = try write("stereo.wav", frames: 5_000, channels: 2)
        let mixed = try readAll(RecordingReader(path: path), chunk: 777)
        let second = try readAll(RecordingReader(path: path, channel: .only(1)))
        for frame in 0..<5_000 {
            #expect(abs(Double(mixed[frame]) - 0.75 * Self.sample(frame)) < 1e-6)
            #expect(abs(Double(second[frame]) - 0.5 * Self.sample(frame)) < 1e-6)
        }
    }

    @Test func aFileCutInTheMiddleIsReadAsFarAsItGoesAndReported() throws {
        let path = try write("cut.wav", frames: 10_000)
        try folder.cut(path, toBytes: 40_003)
        let reader = try RecordingReader(path: path)
        #expect(try readAll(reader).count == 4_993)
        let truncation = try #require(reader.truncation)
        #expect(truncation.message.hasPrefix("'\(path)' ends in the middle: 0.226 s of 0.45"))
    }

    @Test func aHeaderWithoutFramesHoldsNoSound() throws {
        let path = try write("none.wav", frames: 0)
        #expect(throws: RecordingError.empty(path: path)) { try RecordingReader(path: path) }
    }
}
