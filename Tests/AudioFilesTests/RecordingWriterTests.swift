import AudioFiles
import Foundation
import Testing

@Suite struct RecordingWriterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: RecordingFormat.allCases)
    func whatIsWrittenIsReadBack(format: RecordingFormat) throws {
        let path = folder.file("clip.\(format.fileExtension)")
        let noise = TestSignal.noise(count: 50_000)
        let writer = try RecordingWriter(path: path, format: format, sampleRateHz: 16_000)
        for start in stride(from: 0, to: noise.count, by: 1_700) {
            try writer.write(noise.span.extracting(start..<min(start + 1_700, noise.count)))
        }
        #expect(writer.framesWritten == 50_000)
        try writer.finish()

        let reader = try RecordingReader(path: path)
        let read = try readAll(reader, chunk: 4_096)
        #expect(reader.sampleRateHz == 16_000)
        #expect(read.count == noise.count)
        let step: Float =
            switch format {
            case .flac16, .wav16: 1 / 32_768
            case .flac24, .wav24: 1 / 8_388_608
            case .wavFloat: 0
            }
        for index in read.indices {
            #expect(abs(read[index] - noise[index]) <= step)
        }
    }

    @Test func theNameAppearsOnlyWithTheWholeRecording() throws {
        let path = folder.file("812.flac")
        let writer = try RecordingWriter(path: path, format: .flac16, sampleRateHz: 16_000)
        try writer.write(TestSignal.noise(count: 16_000).span)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try names().count == 1)
        #expect(try names().allSatisfy { $0.hasPrefix(".812.flac.partial") })
        try writer.finish()
        #expect(try names() == ["812.flac"])
    }

    @Test func aWriterLetGoLeavesNothingBehind() throws {
        do {
            let writer = try RecordingWriter(
                path: folder.file("gone.wav"),
                format: .wav16,
                sampleRateHz: 16_000
            )
            try writer.write(TestSignal.noise(count: 100).span)
        }
        #expect(try names().isEmpty)
    }

    @Test func anEarlierRecordingIsReplacedAtOnce() throws {
        let path = try folder.write("old".utf8, to: "same.wav")
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 8_000)
        try writer.write([0.5, -0.25].span)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
        try writer.finish()
        #expect(try readAll(RecordingReader(path: path), chunk: 10) == [0.5, -0.25])
    }

    @Test func twoWritersOfOneNameDoNotMeet() throws {
        let path = folder.file("same.wav")
        let first = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 8_000)
        let second = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 8_000)
        try first.write([0.5].span)
        try second.write([0.25].span)
        try first.finish()
        try second.finish()
        #expect(try readAll(RecordingReader(path: path), chunk: 10) == [0.25])
        #expect(try names() == ["same.wav"])
    }

    @Test func samplesBeyondFullScaleAreClippedNotWrapped() throws {
        let path = folder.file("loud.wav")
        let writer = try RecordingWriter(path: path, format: .wav16, sampleRateHz: 8_000)
        try writer.write([1.5, -1.5, 1].span)
        try writer.finish()
        let read = try readAll(RecordingReader(path: path), chunk: 10)
        #expect(read[0] > 0.999 && read[1] == -1 && read[2] > 0.999)
    }

    @Test func twoChannelsStayApart() throws {
        let path = folder.file("two.flac")
        let writer = try RecordingWriter(
            path: path,
            format: .flac24,
            sampleRateHz: 44_100,
            channelCount: 2
        )
        try writer.write([0.5, -0.25, 0.5, -0.25].span)
        try writer.finish()
        let right = try RecordingReader(path: path, channel: .only(1))
        #expect(try readAll(right, chunk: 10) == [-0.25, -0.25])
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect {
            _ = try RecordingWriter(
                path: "/no/such/folder/a.wav",
                format: .wav16,
                sampleRateHz: 8_000
            )
        } throws: { error in
            (error as? RecordingError)?.exitCode == 73
                && "\(error)" == "Cannot create '/no/such/folder/a.wav': No such file or "
                    + "directory. Choose another place or format."
        }
    }

    @Test func aRateThatTheFormatLacksIsRefused() {
        #expect {
            _ = try RecordingWriter(
                path: folder.file("a.flac"),
                format: .flac16,
                sampleRateHz: 0
            )
        } throws: { error in
            "\(error)" == "Cannot create '\(folder.file("a.flac"))': there is no flac16 with "
                + "1 channels at 0 Hz. Choose another place or format."
        }
    }

    @Test func aFolderThatVanishesIsReported() throws {
        let inner = folder.file("inner")
        try FileManager.default.createDirectory(
            atPath: inner,
            withIntermediateDirectories: false
        )
        let path = "\(inner)/lost.wav"
        let writer = try RecordingWriter(path: path, format: .wav16, sampleRateHz: 8_000)
        try writer.write([0.5].span)
        try FileManager.default.removeItem(atPath: inner)
        #expect {
            try writer.finish()
        } throws: { error in
            (error as? RecordingError)?.exitCode == 74
                && "\(error)" == "Writing '\(path)' failed: No such file or directory. "
                    + "Free some space or choose another place."
        }
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
}
