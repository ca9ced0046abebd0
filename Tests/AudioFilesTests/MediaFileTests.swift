import AudioFiles
import CSndFile
import Foundation
import TestSupport
import Testing

/// What telephones and browsers record, which FFmpeg's libraries decode.
///
/// The program `ffmpeg` makes the files.
@Suite struct MediaFileTests {
    private static let rateHz = 44_100
    private static let seconds = 3

    private let folder: TemporaryFolder
    private let wave: String

    init() throws {
        folder = try TemporaryFolder()
        let sine = TestSignal.sine(hz: 440, rateHz: Self.rateHz, count: Self.seconds * Self.rateHz)
        wave = try folder.record(
            sine.flatMap { [Double($0), Double($0) / 2] },
            as: "sine.wav",
            format: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: Self.rateHz,
            channels: 2
        )
    }

    @Test(arguments: [
        ("aac.m4a", ["-c:a", "aac"]), ("alac.m4a", ["-c:a", "alac"]),
        ("sound.aac", ["-c:a", "aac"]),
        ("opus.webm", ["-c:a", "libopus"]), ("live.webm", ["-c:a", "libopus", "-live", "1"]),
        ("vorbis.mka", ["-c:a", "libvorbis"]), ("sound.wma", ["-c:a", "wmav2"]),
        ("alac.caf", ["-c:a", "alac"]),
        ("old.mov", ["-c:a", "pcm_s16be"]),
        // FFmpeg calls these "extensible", which libsndfile takes for integers in W64.
        ("floats.w64", ["-c:a", "pcm_f32le"]),
        ("alaw.w64", ["-c:a", "pcm_alaw"]),
        ("wma.wav", ["-c:a", "wmav2"]),
    ])
    func aSineComesBackFromEveryFormat(name: String, encoding: [String]) throws {
        let path = try make(name, arguments: ["-i", wave] + encoding)
        for (channel, amplitude) in [(RecordingChannel.mix, 0.375), (.only(1), 0.25)] {
            let reader = try RecordingReader(path: path, channel: channel)
            let samples = try readAll(reader, chunk: 5_000)
            let rate = reader.sampleRateHz
            #expect(reader.channelCount == 2)
            #expect(abs(Double(samples.count) / Double(rate) - 3) < 0.2, "\(name)")
            #expect(reader.truncation == nil, "\(name)")
            let found = TestSignal.component(hz: 440, of: samples[rate..<2 * rate], rateHz: rate)
            #expect(abs(found.amplitude - amplitude) < 0.02, "\(name): \(found.amplitude)")
        }
    }

    @Test func aWaveFileThatOnlyFFmpegDecodesIsReportedWhereItIsCut() throws {
        let path = try make(
            "cut.wav",
            arguments: ["-i", wave, "-ac", "1", "-ar", "16000", "-c:a", "adpcm_g722"]
        )
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        try folder.cut(path, toBytes: try #require(size) / 2)
        let reader = try RecordingReader(path: path)
        let samples = try readAll(reader, chunk: 5_000)
        #expect(abs(Double(samples.count) / 16_000 - 1.5) < 0.1)
        #expect(abs(try #require(reader.truncation?.declaredSeconds) - 3) < 0.1)
    }

    /// Has `ffmpeg` make a file in the folder.
    private func make(_ name: String, arguments: [String]) throws -> String {
        let ffmpeg = Process()
        ffmpeg.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        let output = folder.file(name)
        ffmpeg.arguments = ["-v", "error", "-nostdin", "-y"] + arguments + [output]
        try ffmpeg.run()
        ffmpeg.waitUntilExit()
        try #require(ffmpeg.terminationStatus == 0, "ffmpeg can't make \(name)")
        return output
    }

    @Test func theSoundOfAFilmIsRead() throws {
        let film = try make(
            "film.mp4",
            arguments: ["-f", "lavfi", "-i", "testsrc=d=3:s=64x64", "-i", wave]
        )
        let reader = try RecordingReader(path: film)
        #expect(abs(try readAll(reader, chunk: 4_096).count - 3 * Self.rateHz) < 5_000)
        #expect(reader.truncation == nil)
    }

    @Test func aFilmWithoutSoundIsRefusedInWords() throws {
        let film = try make("silent.mp4", arguments: ["-f", "lavfi", "-i", "testsrc=d=1:s=64x64"])
        expectRefusal(of: film, "it has no audio track")
    }

    @Test func aRecordingThatWasNotFinishedIsRefusedInWords() throws {
        let path = try make("whole.m4a", arguments: ["-i", wave])
        try folder.cut(path, toBytes: 20_000)
        expectRefusal(
            of: path,
            "its index is damaged or missing, as in an unfinished recording"
        )
    }

    @Test func aFileWhoseEndIsMissingIsReadAsFarAsItGoesAndReported() throws {
        let path = try make("cut.m4a", arguments: ["-i", wave, "-movflags", "faststart"])
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        try folder.cut(path, toBytes: size / 2)
        let reader = try RecordingReader(path: path)
        let samples = try readAll(reader, chunk: 4_096)
        #expect(samples.count > Self.rateHz && samples.count < 2 * Self.rateHz)
        #expect(reader.truncation != nil)
    }

    @Test func aPlaylistOpensNoOtherFile() throws {
        let list = try folder.write(
            "#EXTM3U\n#EXTINF:3,\n\(wave)\n#EXT-X-ENDLIST\n".utf8,
            to: "list.m4a"
        )
        expectRefusal(of: list, "its format is not recognised")
        let concat = try folder.write("ffconcat version 1.0\nfile \(wave)\n".utf8, to: "list.wav")
        expectRefusal(of: concat, "its format is not recognised")
    }

    private func expectRefusal(of path: String, _ reason: String) {
        #expect {
            _ = try RecordingReader(path: path)
        } throws: { error in
            (error as? RecordingError) == .notAudio(path: path, reason: reason)
        }
    }
}

/// MPEG audio, whose number of frames is a guess unless they are counted.
@Suite struct MPEGRecordingTests {
    private static let rateHz = 44_100
    private static let seconds = 3
    private static let frameSamples = 1_152

    private let folder: TemporaryFolder
    /// An MP3 file with a first frame that declares the number of frames.
    private let whole: [UInt8]
    /// Where that number is.
    private let countPlace: Int

    init() throws {
        folder = try TemporaryFolder()
        // Loud behind quiet, so that the first frame's bit rate says little of the others'.
        let noise = TestSignal.noise(count: Self.seconds * Self.rateHz)
        let path = try folder.record(
            noise.enumerated().map { Double($1) * ($0 < Self.rateHz ? 1e-4 : 0.5) },
            as: "whole.mp3",
            format: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
            rateHz: Self.rateHz
        )
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let mark = try #require(
            bytes.indices.first {
                bytes[$0...].starts(with: "Xing".utf8) || bytes[$0...].starts(with: "Info".utf8)
            }
        )
        whole = bytes
        countPlace = mark + 8
    }

    /// The file without the frame that declares the number.
    private var uncounted: [UInt8] {
        let frame = whole.indices.dropFirst(countPlace).first { place in
            whole[place] == 0xFF && whole[place + 1] == whole[0 + firstFrame + 1]
                && whole[place + 1] & 0xE0 == 0xE0
        }
        return Array(whole[(frame ?? 0)...])
    }

    private var firstFrame: Int { whole.firstIndex(of: 0xFF) ?? 0 }

    private func read(_ bytes: some Sequence<UInt8>) throws -> (RecordingReader, [Float]) {
        let reader = try RecordingReader(path: folder.write(bytes, to: "sound.mp3"))
        return (reader, try readAll(reader, chunk: 4_096))
    }

    @Test func aFileThatDoesNotDeclareItsFramesIsReadWholeAndCalledSo() throws {
        let (reader, samples) = try read(uncounted)
        #expect(abs(samples.count - Self.seconds * Self.rateHz) < 3 * Self.frameSamples)
        #expect(reader.truncation == nil)
        #expect(reader.frameCount == Int64(samples.count))
    }

    @Test func aNumberOfFramesThatIsTooSmallLosesNoSound() throws {
        var bytes = whole
        bytes.replaceSubrange(countPlace..<countPlace + 4, with: [0, 0, 0, 20])
        let (reader, samples) = try read(bytes)
        #expect(samples.count == Self.seconds * Self.rateHz)
        #expect(reader.truncation == nil)
    }

    @Test func aNumberOfFramesThatIsTooLargeIsReportedAsCutOff() throws {
        var bytes = whole
        bytes.replaceSubrange(countPlace..<countPlace + 4, with: [0, 0, 4, 0])
        let (reader, samples) = try read(bytes)
        #expect(samples.count >= Self.seconds * Self.rateHz)
        #expect(abs(try #require(reader.truncation?.declaredSeconds) - 26.7) < 0.2)
    }

    @Test func aFrameThatIsCutAtTheEndIsReported() throws {
        let (reader, samples) = try read(uncounted.dropLast(100))
        #expect(samples.count > 2 * Self.rateHz)
        #expect(reader.truncation?.kind == .endsEarly)
    }

    @Test func whatLiesBeforeTheFirstFrameIsPassedOver() throws {
        let (reader, samples) = try read(TestSignal.bytes(3_000).map { $0 & 0x7F } + whole)
        #expect(samples.count == Self.seconds * Self.rateHz)
        #expect(reader.truncation == nil)
    }

    @Test(arguments: [0, 0x55])
    func soundThatIsOverwrittenAtTheEndIsReported(with byte: UInt8) throws {
        let lost = [UInt8](repeating: byte, count: 200_000)
        let (reader, samples) = try read(uncounted + lost)
        #expect(abs(samples.count - Self.seconds * Self.rateHz) < 3 * Self.frameSamples)
        #expect(reader.truncation?.message.contains("its last 200000 bytes") == true)
    }

    @Test func soundThatIsOverwrittenAtTheBeginningOrInBetweenIsReported() throws {
        let lost = [UInt8](repeating: 0, count: 100_000)
        for bytes in [lost + uncounted, uncounted + lost + uncounted] {
            let (reader, _) = try read(bytes)
            #expect(reader.truncation?.kind == .damaged)
        }
    }

    @Test func aLittlePaddingBehindTheSoundIsNoDamage() throws {
        let (reader, _) = try read(uncounted + [UInt8](repeating: 0, count: 4_096))
        #expect(reader.truncation == nil)
    }

    @Test func mpegAudioInAWaveFileIsReadWholeAndCalledSo() throws {
        func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        var format = number(UInt16(0x55)) + number(UInt16(1)) + number(UInt32(Self.rateHz))
        format += number(UInt32(8_000)) + number(UInt16(1)) + number(UInt16(0))
        format += number(UInt16(12)) + [UInt8](repeating: 0, count: 12)
        let body =
            Array("WAVEfmt ".utf8) + number(UInt32(format.count)) + format
            + Array("data".utf8) + number(UInt32(uncounted.count)) + uncounted
        let (reader, samples) = try read(Array("RIFF".utf8) + number(UInt32(body.count)) + body)
        #expect(abs(samples.count - Self.seconds * Self.rateHz) < 3 * Self.frameSamples)
        #expect(reader.truncation == nil)
    }

    @Test func theDecoderGivesTheSamplesThatLibsndfileGives() throws {
        let (_, samples) = try read(whole)
        var info = SF_INFO()
        let file = try #require(sf_open(folder.file("sound.mp3"), Int32(SFM_READ), &info))
        defer { sf_close(file) }
        var expected = [Float](repeating: 0, count: Int(info.frames))
        let count = sf_readf_float(file, &expected, info.frames)
        #expect(samples == Array(expected[..<Int(count)]))
    }
}
