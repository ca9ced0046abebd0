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
        expectRefusal(of: film, "it has no sound track")
    }

    @Test func aRecordingThatWasNotFinishedIsRefusedInWords() throws {
        let path = try make("whole.m4a", arguments: ["-i", wave])
        try folder.cut(path, toBytes: 20_000)
        expectRefusal(
            of: path,
            "its index is damaged or missing, as when a recording was not finished"
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
