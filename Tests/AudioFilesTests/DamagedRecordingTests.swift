import AudioFiles
import CSndFile
import Foundation
import Synchronization
import TestSupport
import Testing

/// Damaged files beside healthy ones, and large ones that hold nothing.
@Suite struct DamagedRecordingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Files that no library opens, each with another beginning.
    private static let beginnings: [(name: String, bytes: [UInt8])] = [
        ("riff.wav", Array("RIFF".utf8) + [0x24, 0, 0, 0x40] + Array("WAVE".utf8)),
        ("rf64.wav", Array("RF64".utf8) + [255, 255, 255, 255] + Array("WAVE".utf8)),
        ("form.aiff", Array("FORM".utf8) + [5, 0, 0, 0] + Array("AIFF".utf8)),
        ("form.svx", Array("FORM".utf8) + [5, 0, 0, 0] + Array("8SVX".utf8)),
        ("caff.caf", Array("caff".utf8) + [0, 1, 0, 0]),
        ("page.ogg", Array("OggS".utf8)),
        ("mark.flac", Array("fLaC".utf8)),
        ("tag.mp3", Array("ID3".utf8) + [3, 0, 0, 0, 0, 0, 0]),
        ("frame.mp3", [0xFF, 0xFB, 0x90, 0x64]),
        ("frame.aac", [0xFF, 0xF1, 0x50, 0x80]),
        ("sound.au", Array(".snd".utf8) + [0, 0, 0, 24]),
        ("atom.m4a", [0, 0, 0, 24] + Array("ftypM4A \0\0\0\0M4A mp42".utf8)),
        ("ebml.webm", [0x1A, 0x45, 0xDF, 0xA3]),
        ("zeros.wav", []),
    ]

    /// Before, an 8 GB file of zeros took twenty minutes to refuse.
    @Test(.timeLimit(.minutes(1)), arguments: beginnings.map(\.name))
    func aLargeFileOfZerosIsRefusedWithoutReadingItThrough(name: String) throws {
        let beginning = try #require(Self.beginnings.first { $0.name == name }?.bytes)
        let path = try folder.write(beginning, to: name)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 8 << 30)
        try file.close()
        #expect {
            _ = try readAll(RecordingReader(path: path), chunk: 4_096)
        } throws: { error in
            (error as? RecordingError)?.exitCode == 65
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["JUNK", "\0\0\0\0", "fact"])
    func countlessEmptyChunksAreNotWalkedThrough(name: String) throws {
        let chunks = Array("RIFF\0\0\0\0WAVE".utf8) + Array("\(name)\0\0\0\0".utf8)
        var bytes = chunks
        for _ in 0..<1_000_000 { bytes += chunks.suffix(8) }
        let path = try folder.write(bytes, to: "chunks.wav")
        #expect(throws: RecordingError.self) { try RecordingReader(path: path) }
    }

    /// Reads hundreds of files on several threads at a time, most of them broken.
    ///
    /// A descriptor that is closed twice closes another thread's file.
    @Test func brokenFilesDoNoHarmToHealthyOnesThatAreReadBesideThem() throws {
        let noise = TestSignal.noise(count: 20_000).map { Double($0) / 2 }
        let formats = FileFormat.all.filter {
            ["s16.wav", "s16.flac", "vorbis.ogg", "layer3.mp3"].contains($0.name)
        }
        let healthy = try formats.map { format in
            try folder.record(noise, as: format.name, format: format.code, rateHz: format.rateHz)
        }
        let expected = try healthy.map { try readAll(RecordingReader(path: $0), chunk: 4_096) }
        var broken = try Self.beginnings.map {
            try folder.write($0.bytes + Array("garbage".utf8), to: $0.name)
        }
        broken += try healthy.map { path in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(40)
            return try folder.write(bytes, to: "cut-" + (path as NSString).lastPathComponent)
        }
        let unreadable = broken
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            for path in unreadable.shuffled().prefix(6) {
                if (try? readAll(RecordingReader(path: path), chunk: 4_096)) != nil {
                    wrong.withLock { $0.append("\(path) was read") }
                }
            }
            let which = index % healthy.count
            do {
                let reader = try RecordingReader(path: healthy[which])
                let samples = try readAll(reader, chunk: 4_096)
                if samples != expected[which] || reader.truncation != nil {
                    wrong.withLock { $0.append("\(healthy[which]) differs") }
                }
            } catch {
                wrong.withLock { $0.append("\(error)") }
            }
        }
        #expect(wrong.withLock { $0 } == [])
    }

    @Test func aFileIsClosedOnceAndNoDescriptorIsLeftBehind() throws {
        let path = try folder.write(Self.beginnings[0].bytes, to: "broken.wav")
        // The lowest free descriptor is the next one that is opened.
        for _ in 0..<50 {
            _ = try? RecordingReader(path: path)
        }
        let link = URL(fileURLWithPath: "/proc/self/fd")
        let open = try FileManager.default.contentsOfDirectory(atPath: link.path).filter { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(name)"
            )
            return target == path
        }
        #expect(open == [])
    }
}

/// What a reader says of files that are read whole.
@Suite struct RecordingWarningTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func record(
        _ samples: [Double],
        channels: Int = 1,
        format: Int = SF_FORMAT_WAV | SF_FORMAT_FLOAT
    ) throws -> RecordingReader {
        let path = try folder.record(
            samples,
            as: "sound.wav",
            format: format,
            rateHz: 8_000,
            channels: channels
        )
        return try RecordingReader(path: path)
    }

    private static let noise = TestSignal.noise(count: 40_000).map { Double($0) / 2 }

    @Test(arguments: [(0x1p15, 32_768), (0x1p23, 8_388_608), (0x1p31, 2_147_483_648)])
    func floatsInTheRangeOfIntegersAreScaledAndReported(scale: Double, divisor: Int) throws {
        for isWhole in [true, false] {
            let samples = Self.noise.map { isWhole ? ($0 * scale).rounded() : $0 * scale }
            let reader = try record(samples)
            let read = try readAll(reader, chunk: 4_096)
            #expect(zip(read, Self.noise).allSatisfy { abs(Double($0) - $1) < 1e-4 })
            #expect(
                reader.warnings == [
                    "'\(reader.path)' contains float samples in integer range; full scale should be "
                        + "±1. They are divided by \(divisor)."
                ]
            )
        }
    }

    @Test(arguments: [1, 2, 6, 40] as [Double])
    func floatsSomewhatAboveFullScaleAreTakenAsTheyAre(gain: Double) throws {
        let reader = try record(Self.noise.map { $0 * gain })
        let read = try readAll(reader, chunk: 4_096)
        #expect(zip(read, Self.noise).allSatisfy { abs(Double($0) - $1 * gain) < 1e-4 })
        #expect(reader.warnings == [])
    }

    @Test func aSingleWildSampleDoesNotRescaleAFile() throws {
        var samples = Self.noise
        samples[100] = 30_000
        let reader = try record(samples)
        #expect(try readAll(reader, chunk: 4_096)[0] == Float(Self.noise[0]))
        #expect(reader.warnings == [])
    }

    @Test func channelsInOppositePhaseAreReportedWithTheWayOut() throws {
        let opposite = Self.noise.flatMap { [$0, -0.9 * $0] }
        let reader = try record(opposite, channels: 2)
        _ = try readAll(reader, chunk: 4_096)
        #expect(
            reader.warnings == [
                "The channels of '\(reader.path)' cancel out: their mix is 26 dB quieter than "
                    + "channel 1. Read one of them with --channel 1."
            ]
        )
        #expect(reader.truncation == nil)
        let first = try RecordingReader(path: reader.path, channel: .only(0))
        #expect(try readAll(first, chunk: 4_096).count == Self.noise.count)
        #expect(first.warnings == [])
    }

    @Test func ordinaryChannelsAreNotReported() throws {
        let alone = try record(Self.noise.flatMap { [$0, 0] }, channels: 2)
        _ = try readAll(alone, chunk: 4_096)
        #expect(alone.warnings == [])
        let same = try record(Self.noise.flatMap { [$0, $0] }, channels: 2)
        _ = try readAll(same, chunk: 4_096)
        #expect(same.warnings == [])
    }
}
