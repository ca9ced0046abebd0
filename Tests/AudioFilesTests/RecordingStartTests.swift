import AudioFiles
import CSndFile
import Foundation
import Platform
import TestSupport
import Testing

/// A WAV file of a tenth of a second of silence, with other chunks before and after the sound.
private struct ChunkedWave {
    var before: [(String, [UInt8])] = []
    var after: [(String, [UInt8])] = []
    var padsChunks = true

    var bytes: [UInt8] {
        let sound = [UInt8](repeating: 0, count: 3_200)
        let format =
            number(1, 2) + number(1, 2) + number(16_000, 4) + number(32_000, 4) + number(2, 2)
            + number(16, 2)
        var body = Array("WAVE".utf8)
        body += chunk("fmt ", format)
        for (name, content) in before { body += chunk(name, content) }
        body += Array("data".utf8) + number(sound.count, 4) + sound
        for (name, content) in after { body += chunk(name, content) }
        return Array("RIFF".utf8) + number(body.count, 4) + body
    }

    private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + number(content.count, 4) + content
            + (padsChunks && content.count % 2 == 1 ? [0] : [])
    }
}

/// A number in little-endian bytes.
private func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func guano(_ timestamp: String) -> (String, [UInt8]) {
    ("guan", Array("GUANO|Version: 1.0\nMake: M\r\nTimestamp:\(timestamp)\nNote: 12:00\n".utf8))
}

private func wamd(_ timestamp: String) -> (String, [UInt8]) {
    let text = Array(timestamp.utf8)
    return (
        "wamd",
        number(0, 2) + number(2, 4) + number(1, 2) + number(5, 2) + number(text.count, 4) + text
    )
}

private func comment(_ text: String) -> (String, [UInt8]) {
    let value = Array(text.utf8) + [UInt8](repeating: 0, count: 16)
    let artist = Array("AudioMoth".utf8) + [0]
    return (
        "LIST",
        Array("INFO".utf8) + Array("IART".utf8) + number(artist.count, 4) + artist
            + Array("ICMT".utf8) + number(value.count, 4) + value
    )
}

private func bext(_ date: String, _ time: String, samples: Int = 0) -> (String, [UInt8]) {
    var content = [UInt8](repeating: 0, count: 602)
    content.replaceSubrange(320..<330, with: Array(date.utf8))
    content.replaceSubrange(330..<338, with: Array(time.utf8))
    content.replaceSubrange(338..<346, with: number(samples, 8))
    return ("bext", content)
}

@Suite("When a recording began")
struct RecordingStartTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func start(
        _ wave: ChunkedWave,
        named name: String = "x.wav",
        zone: String? = nil
    ) throws -> RecordingStart? {
        let path = try folder.write(wave.bytes, to: name)
        return try RecordingReader(path: path, zone: zone.flatMap(Zone.init)).start
    }

    private func utc(_ start: RecordingStart?) -> String? {
        start.map { start in
            let wall = Zone.utc.wallTime(at: start.moment)
            return "\(wall.dateText) \(wall.timeText)"
        }
    }

    @Test(arguments: [
        ("2023-05-01T04:30:00+10:00", "2023-04-30 18:30:00"),
        (" 2023-05-01 04:30:00.250-02:30", "2023-05-01 07:00:00"),
        ("2023-05-01T04:30:00Z", "2023-05-01 04:30:00"),
        ("2023-05-01T04:30:00+1000", "2023-04-30 18:30:00"),
        ("1969-07-20T20:17:40Z", "1969-07-20 20:17:40"),
        ("2016-12-31T23:59:60Z", "2017-01-01 00:00:00"),
    ])
    func guanoIsReadBeforeAndBehindTheSoundAndComesBeforeTheName(
        timestamp: String,
        expected: String
    ) throws {
        for padsChunks in [false, true] {
            // An odd chunk in front, which some recorders do not pad.
            let chunks = [("junk", [1, 2, 3]), guano(timestamp)]
            var waves = [ChunkedWave(after: chunks)]
            if padsChunks { waves.append(ChunkedWave(before: chunks)) }
            for index in waves.indices {
                waves[index].padsChunks = padsChunks
                let start = try start(waves[index], named: "A_20200101_000000.wav")
                #expect(utc(start) == expected)
                #expect(start?.source == .guano && start?.zoneSource == .written)
            }
        }
    }

    @Test func anRF64FileHasItsChunksBehindTheSoundToo() throws {
        let made = try folder.record(
            [Double](repeating: 0, count: 8_000),
            as: "long.wav",
            format: SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
            rateHz: 16_000
        )
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: made)))
        let (name, content) = guano("2023-05-01T04:30:00+10:00")
        let path = try folder.write(
            bytes + Array(name.utf8) + number(content.count, 4) + content,
            to: "kept.wav"
        )
        #expect(utc(try RecordingReader(path: path).start) == "2023-04-30 18:30:00")
    }

    @Test(arguments: [
        (
            "Recorded at 04:30:00 01/05/2023 (UTC+10) by AudioMoth 24F3 at gain setting 2 while "
                + "battery state was 4.5V", "2023-04-30 18:30:00"
        ),
        (
            "Recorded at 04:30:00 01/05/2023 (UTC) by AudioMoth 24F3190361DA5A14 at medium gain "
                + "while battery was 4.2V and temperature was 20.1C.", "2023-05-01 04:30:00"
        ),
        (
            "Recorded at 04:30:00 01/05/2023 (UTC-2:30) during deployment 0123456789ABCDEF at "
                + "low gain", "2023-05-01 07:00:00"
        ),
        ("Recorded at 04:30:00 01/05/2023 by AudioMoth 24F3 at gain", "2023-05-01 04:30:00"),
        (
            "Recorded at 04:30:00.500 01/05/2023 (UTC+5:30) by AudioMoth 24F3",
            "2023-04-30 23:00:00"
        ),
    ])
    func theCommentsOfAllAudioMothsAreRead(text: String, expected: String) throws {
        for wave in [ChunkedWave(before: [comment(text)]), ChunkedWave(after: [comment(text)])] {
            let start = try start(wave, named: "20230501_043000.WAV")
            #expect(utc(start) == expected)
            #expect(start?.source == .audioMoth)
        }
    }

    @Test func aCommentThatIsNoAudioMothsTellsNoTime() throws {
        #expect(try start(ChunkedWave(before: [comment("Recorded at home")])) == nil)
    }

    @Test func aFLACFileKeepsTheCommentAndTheChunksOfAWaveFile() throws {
        let made = try folder.record(
            [Double](repeating: 0, count: 8_000),
            as: "x.flac",
            format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
            rateHz: 16_000
        )
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: made)))
        let (name, content) = guano("2023-05-01T04:30:00+10:00")
        let block =
            Array("riff".utf8) + Array(name.utf8) + number(content.count, 4) + content
        // Behind the first block, which is 34 bytes long.
        bytes.insert(contentsOf: [2] + number(block.count, 3).reversed() + block, at: 42)
        bytes[4] &= 0x7F
        let path = try folder.write(bytes, to: "kept.flac")
        #expect(utc(try RecordingReader(path: path).start) == "2023-04-30 18:30:00")
    }

    @Test(arguments: [
        ("2014-04-02 22:59:14-05:00", RecordingStart.ZoneSource.written, "2014-04-03 03:59:14"),
        ("2014-04-02 22:59:14.000", .given, "2014-04-02 12:59:14"),
        ("2014-04-02 22:59:14", .given, "2014-04-02 12:59:14"),
    ])
    func theTimeOfASongMeterIsInItsOwnChunk(
        timestamp: String,
        zoneSource: RecordingStart.ZoneSource,
        expected: String
    ) throws {
        let wave = ChunkedWave(after: [wamd(timestamp)])
        let start = try start(wave, named: "S4A01_20140402_225914.wav", zone: "+10:00")
        #expect(start?.source == .wamd && start?.zoneSource == zoneSource)
        #expect(utc(start) == expected)
    }

    @Test func metadataWithoutAZoneIsLocalAndComesBeforeTheDigitsOfTheName() throws {
        let wave = ChunkedWave(before: [guano("2023-05-01T04:30:00")])
        let given = try start(wave, named: "20230501_043000.wav", zone: "+10:00")
        #expect(utc(given) == "2023-04-30 18:30:00")
        #expect(given?.source == .guano && given?.zoneSource == .given)
        #expect(try start(wave, named: "20230501_043000.wav")?.zoneSource == .local)
        // A name that gives its zone is surer.
        let named = try start(wave, named: "20230501T043000+0200.wav", zone: "+10:00")
        #expect(utc(named) == "2023-05-01 02:30:00")
        #expect(named?.source == .name)
    }

    @Test func broadcastWavesDateIsLocalAndCountsToTheSample() throws {
        // 4:30:00.5 in samples of 16 kHz.
        let wave = ChunkedWave(before: [bext("2023-05-01", "04:30:00", samples: 259_208_000)])
        let start = try start(wave, zone: "+10:00")
        #expect(start?.source == .broadcastWave)
        #expect(start?.moment.timeIntervalSince1970 == 1_682_879_400.5)
        let other = ChunkedWave(before: [bext("2023:05:01", "04-30-00", samples: 16_000)])
        #expect(utc(try self.start(other, zone: "+10:00")) == "2023-04-30 18:30:00")
        let none = ChunkedWave(before: [bext("0000-00-00", "00:00:00")])
        #expect(try self.start(none) == nil)
    }

    @Test func broadcastWavesDateGivesWayToANameWithAnotherTime() throws {
        let agreeing = ChunkedWave(before: [bext("2023-05-01", "04:30:02")])
        let same = try start(agreeing, named: "20230501_043000.wav", zone: "+10:00")
        #expect(same?.source == .broadcastWave)
        #expect(utc(same) == "2023-04-30 18:30:02")
        let exported = ChunkedWave(before: [bext("2024-01-31", "12:00:00")])
        let named = try start(exported, named: "20230501_043000.wav")
        #expect(named?.source == .name && named?.zoneSource == .audioMothConvention)
        #expect(utc(named) == "2023-05-01 04:30:00")
    }

    @Test(
        arguments: [
            ("20230501_043000.WAV", nil, "2023-05-01 04:30:00"),
            ("20230501_043000.WAV", "+10:00", "2023-04-30 18:30:00"),
            ("20230501_043000.WAV", "Europe/Berlin", "2023-05-01 02:30:00"),
            ("2023-05-01T04-30-00.wav", "UTC", "2023-05-01 04:30:00"),
            ("2023-05-01T04:30:00+0200.wav", "+10:00", "2023-05-01 02:30:00"),
            ("5E4AF3F8.WAV", "+10:00", "2020-02-17 20:13:44"),
            ("TAPE_19650501_043000.wav", nil, "1965-05-01 04:30:00"),
            ("20161231_235960.wav", nil, "2017-01-01 00:00:00"),
            ("20230230_043000.wav", nil, nil), ("x.wav", "+10:00", nil),
        ] as [(String, String?, String?)]
    )
    func aNameIsInTheZoneThatItOrTheUserGives(
        name: String,
        zone: String?,
        expected: String?
    ) throws {
        #expect(utc(try start(ChunkedWave(), named: name, zone: zone)) == expected)
    }

    @Test func aTimeThatClocksShowTwiceOrNeverIsTakenAndSaid() throws {
        let twice = try start(
            ChunkedWave(),
            named: "20261025_023000.wav",
            zone: "Europe/Berlin"
        )
        #expect(utc(twice) == "2026-10-25 00:30:00")
        #expect(twice?.remark?.contains("occurs twice") == true)
        let never = try start(
            ChunkedWave(),
            named: "20260329_023000.wav",
            zone: "Europe/Berlin"
        )
        #expect(utc(never) == "2026-03-29 01:30:00")
        #expect(never?.remark?.contains("does not exist") == true)
    }

    @Test func aDateTagWithATimeOfDayCounts() throws {
        for format in [SF_FORMAT_FLAC, SF_FORMAT_WAV] {
            let recordingFormat: RecordingFormat = format == SF_FORMAT_FLAC ? .flac16 : .wav16
            let path = folder.file("tag.\(recordingFormat.fileExtension)")
            let writer = try RecordingWriter(
                path: path,
                format: recordingFormat,
                sampleRateHz: 16_000,
                tags: RecordingTags(date: "2023-05-01T04:30:00.250+10:00")
            )
            try writer.write([Float](repeating: 0, count: 1_600).span)
            try writer.finish()
            let start = try RecordingReader(path: path).start
            #expect(start?.source == .tag)
            #expect(utc(start) == "2023-04-30 18:30:00")
        }
    }

    @Test func damagedChunksTellNothingAndDoNoHarm() throws {
        let endless = ("guan", [UInt8](repeating: 0x41, count: 5))
        let short = ("bext", [UInt8](repeating: 0x30, count: 100))
        let wrong = ("wamd", number(5, 2) + number(70_000, 4) + [0x32])
        let list = ("LIST", Array("INFOICMT".utf8) + number(1_000_000, 4))
        for chunk in [endless, short, wrong, list, guano("yesterday"), guano("")] {
            #expect(try start(ChunkedWave(before: [chunk], after: [chunk])) == nil)
        }
    }
}
