import AudioFiles
import CSndFile
import Foundation
import TestSupport
import Testing

@Suite struct RecordingReaderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: FileFormat.all, [1, 2, 6])
    func everyFormatAndChannelCountGivesTheSineBack(format: FileFormat, channels: Int) throws {
        guard channels <= format.maximumChannels else { return }
        let hz = 440.0
        let count = format.rateHz + 37
        let sine = TestSignal.sine(hz: hz, rateHz: format.rateHz, count: count)
        // Channel k holds the sine at 1 / (k + 1), so that a mix and each channel differ.
        let samples = sine.flatMap { sample in
            (0..<channels).map { Double(sample) / Double($0 + 1) }
        }
        let path = try folder.record(
            samples,
            as: format.name,
            format: format.code,
            rateHz: format.rateHz,
            channels: channels
        )

        let reader = try RecordingReader(path: path)
        let mono = try readAll(reader, chunk: 1_000)
        #expect(reader.sampleRateHz == format.rateHz)
        #expect(reader.channelCount == channels)
        #expect(reader.frameCount == Int64(count))
        #expect(reader.framesRead == Int64(count))
        #expect(mono.count == count)
        #expect(reader.truncation == nil)
        let share = (0..<channels).reduce(0.0) { $0 + 1 / Double($1 + 1) } / Double(channels)
        let found = TestSignal.component(hz: hz, of: mono[...], rateHz: format.rateHz)
        #expect(abs(found.amplitude - 0.5 * share) < format.tolerance)
        #expect(abs(found.phase) < (format.isLossy ? 0.02 : 1e-3))
        if !format.isLossy {
            for index in mono.indices {
                #expect(abs(Double(mono[index]) - Double(sine[index]) * share) <= format.tolerance)
            }
        }

        // The sixth channel is the subwoofer's to a lossy codec, which keeps no 440 Hz in it.
        let chosen = min(channels - 1, format.isLossy ? 1 : 5)
        let last = try RecordingReader(path: path, channel: .only(chosen))
        let lastFound = try TestSignal.component(
            hz: hz,
            of: readAll(last, chunk: 7_777)[...],
            rateHz: format.rateHz
        )
        #expect(abs(lastFound.amplitude - 0.5 / Double(chosen + 1)) < format.tolerance)
    }

    @Test(arguments: FileFormat.all, [0.9, 0.4])
    func aFileCutInTheMiddleIsReadAsFarAsItGoesAndReported(
        format: FileFormat,
        kept: Double
    ) throws {
        // Noise, since a codec makes so little of a sine that a page holds all of it.
        let seconds = format.isLossy ? 20 : 2
        let noise = TestSignal.noise(count: seconds * format.rateHz).map { Double($0) / 2 }
        let path = try folder.record(
            noise,
            as: format.name,
            format: format.code,
            rateHz: format.rateHz
        )
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        try folder.cut(path, toBytes: Int(Double(try #require(size)) * kept))

        let reader = try RecordingReader(path: path)
        let mono = try readAll(reader, chunk: 4_000)
        let read = Double(mono.count) / Double(format.rateHz)
        #expect(read < Double(seconds) * (kept + 0.05))
        #expect(read > Double(seconds) * (kept - 0.1))
        let truncation = try #require(reader.truncation)
        #expect(truncation.message.hasPrefix("'\(path)' is truncated: "))
        if let declared = truncation.declaredSeconds {
            #expect(abs(declared - Double(seconds)) < 0.1)
        }
        var more: [Float] = []
        #expect(try reader.readMono(into: &more, upTo: 1) == 0)
    }

    @Test func aRateThatCannotBeAnalysedIsRefusedWithTheFilesName() throws {
        let path = try folder.record(
            [0, 0.5],
            as: "slow.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 500
        )
        let error = #expect(throws: RecordingError.self) { try RecordingReader(path: path) }
        #expect(
            error?.description
                == "'\(path)' has a sample rate of 500 Hz; supported: 1000 to 1000000 Hz. "
                + "Resample it."
        )
        #expect(error?.exitCode == 65)
    }

    @Test func chunkSizesMakeNoDifference() throws {
        let noise = TestSignal.noise(count: 30_001).map(Double.init)
        let path = try folder.record(
            noise,
            as: "a.flac",
            format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
            rateHz: 16_000
        )
        let whole = try readAll(RecordingReader(path: path), chunk: 100_000)
        for chunk in [1, 160, 4_096, 4_097] {
            #expect(try readAll(RecordingReader(path: path), chunk: chunk) == whole)
        }
    }

    @Test func theStartTimeComesFromTheName() throws {
        let path = try folder.record(
            [0, 0.5],
            as: "20230501_043000.WAV",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 48_000
        )
        let expected = Date(timeIntervalSince1970: 1_682_915_400)
        #expect(try RecordingReader(path: path).startTime == expected)
    }

    @Test func aMissingFileIsNamedWithWhatToDo() {
        expectError(
            path: "/no/such/dog.wav",
            code: 66,
            "No recording at '/no/such/dog.wav'. Check the path."
        )
    }

    @Test func aFolderIsNoRecording() {
        expectError(
            path: folder.path,
            code: 65,
            "'\(folder.path)' is a folder, not a recording. Give a WAV, FLAC, Ogg or MP3 file."
        )
    }

    @Test func aPipeIsNoRecordingAndDoesNotBlock() throws {
        let path = folder.file("pipe.wav")
        #expect(mkfifo(path, 0o600) == 0)
        expectError(
            path: path,
            code: 65,
            "'\(path)' is a device or a pipe, not a recording. "
                + "Give a WAV, FLAC, Ogg or MP3 file."
        )
    }

    @Test func aTextFileNamedWavIsRefused() throws {
        let path = try folder.write("Dear diary, it barked.\n".utf8, to: "diary.wav")
        expectError(
            path: path,
            code: 65,
            "Cannot read '\(path)' as a recording (its format is not recognised). "
                + "Convert it to WAV, FLAC, Ogg or MP3."
        )
    }

    @Test func aFileWithoutBytesHoldsNoSound() throws {
        let path = try folder.write([], to: "empty.wav")
        expectError(path: path, code: 65, "'\(path)' contains no audio. Record or copy it again.")
    }

    @Test func aHeaderWithoutFramesHoldsNoSound() throws {
        let path = try folder.record(
            [],
            as: "header.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 8_000
        )
        expectError(path: path, code: 65, "'\(path)' contains no audio. Record or copy it again.")
    }

    @Test(arguments: FileFormat.all)
    func aFileCutInItsHeaderIsRefused(format: FileFormat) throws {
        let noise = TestSignal.noise(count: format.rateHz).map { Double($0) / 2 }
        let path = try folder.record(
            noise,
            as: format.name,
            format: format.code,
            rateHz: format.rateHz
        )
        try folder.cut(path, toBytes: 30)
        #expect {
            _ = try readAll(RecordingReader(path: path), chunk: 100)
        } throws: { error in
            (error as? RecordingError)?.exitCode == 65
                && "\(error)".hasPrefix("Cannot read '\(path)' as a recording (")
        }
    }

    @Test(arguments: [Double.nan, .infinity])
    func aSampleThatIsNoNumberIsRefusedWithItsTime(value: Double) throws {
        var samples = [Double](repeating: 0.1, count: 20_000)
        samples[12_000] = value
        let path = try folder.record(
            samples,
            as: "broken.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_FLOAT,
            rateHz: 8_000
        )
        let reader = try RecordingReader(path: path)
        #expect(throws: RecordingError.notFinite(path: path, seconds: 1.5)) {
            _ = try readAll(reader, chunk: 999)
        }
        #expect(
            RecordingError.notFinite(path: path, seconds: 1.5).description
                == "'\(path)' contains a NaN or infinite sample at 1.5 s. "
                + "Export it again from the program that made it."
        )
    }

    @Test func aChannelThatIsNotThereIsRefused() throws {
        let path = try folder.record(
            [0, 0.5],
            as: "two.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 8_000,
            channels: 2
        )
        #expect {
            _ = try RecordingReader(path: path, channel: .only(2))
        } throws: { error in
            "\(error)"
                == "'\(path)' has no channel 3. Use --channel 1 to 2, or --channel mix."
        }
    }

    @Test func anUnlimitedStreamHeaderIsNoTruncation() throws {
        let path = try folder.record(
            [Double](repeating: 0.25, count: 1_000),
            as: "piped.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 8_000
        )
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        // The lengths of the file and of its "data", as a program writes them into a pipe.
        bytes.replaceSubrange(4..<8, with: [255, 255, 255, 255])
        bytes.replaceSubrange(40..<44, with: [255, 255, 255, 255])
        let reader = try RecordingReader(path: folder.write(bytes, to: "piped.wav"))
        #expect(try readAll(reader, chunk: 4_096).count == 1_000)
        #expect(reader.truncation == nil)
    }

    @Test func realRecordingsOfEveryClassAreRead() throws {
        for recording in Recordings.oneOfEachClass {
            let reader = try RecordingReader(path: recording.path)
            let mono = try readAll(reader, chunk: 4_096)
            #expect(reader.sampleRateHz == 44_100)
            #expect(abs(mono.count - 5 * 44_100) < 1_000)
            #expect(reader.truncation == nil)
            #expect(mono.contains { abs($0) > 0.01 })
        }
    }

    private func expectError(path: String, code: Int32, _ message: String) {
        #expect {
            _ = try RecordingReader(path: path)
        } throws: { error in
            (error as? RecordingError)?.exitCode == code && "\(error)" == message
        }
    }
}

/// Reads a recording to its end.
func readAll(_ reader: RecordingReader, chunk: Int) throws -> [Float] {
    var samples: [Float] = []
    while try reader.readMono(into: &samples, upTo: chunk) > 0 {}
    return samples
}
