import AudioFiles
import Foundation
import Testing

@Suite struct RecordingNameTests {
    /// Two hours east of Greenwich in summer, one in winter.
    private let berlin = TimeZone(identifier: "Europe/Berlin")

    @Test(arguments: [
        ("20230501_043000.WAV", "2023-05-01T04:30:00Z"),
        ("/media/card/20230501_043000.wav", "2023-05-01T04:30:00Z"),
        ("20230501_043000T.WAV", "2023-05-01T04:30:00Z"),
        ("24F319055F5F2902_20230501_043000.WAV", "2023-05-01T04:30:00Z"),
        ("GARDEN_20230501_043000_sunrise.flac", "2023-05-01T04:30:00Z"),
        ("5E4AF3F8.WAV", "2020-02-17T20:13:44Z"),
        ("5e4af3f8.wav", "2020-02-17T20:13:44Z"),
        ("2023-05-01T04:30:00Z.wav", "2023-05-01T04:30:00Z"),
        ("porch 2023-05-01T04-30-00Z.mp3", "2023-05-01T04:30:00Z"),
        ("20230501T043000Z.flac", "2023-05-01T04:30:00Z"),
        ("20230501T043000+0200.flac", "2023-05-01T02:30:00Z"),
        ("2023-05-01T04:30:00-05:30.wav", "2023-05-01T10:00:00Z"),
        ("20230501T043000.250Z.wav", "2023-05-01T04:30:00.250Z"),
        ("20230501T043000.wav", "2023-05-01T02:30:00Z"),
        ("2023-05-01T04-30-00.wav", "2023-05-01T02:30:00Z"),
        ("2023-05-01_04-30-00.wav", "2023-05-01T02:30:00Z"),
        ("2023-01-01 04.30.00.wav", "2023-01-01T03:30:00Z"),
        ("2023-01-01 04.30.00", "2023-01-01T03:30:00Z"),
    ])
    func aNameThatTellsATimeGivesIt(name: String, expected: String) throws {
        let zone = try #require(berlin)
        let time = RecordingName(name).startTime(localTimeZone: zone)
        #expect(time == (try Date(expected, strategy: iso(expected))))
    }

    @Test(arguments: [
        "dog.wav", "20230501.wav", "20231301_043000.WAV", "20230431_043000.WAV",
        "20230501_253000.WAV", "20230501_046000.WAV", "DEADBEEF.WAV", "1-30226-A.ogg", "",
        "120230501_0430001.wav", "2023-0501_043000.wav", "/20230501_043000/dog.wav",
        "20230501T043000+9900.wav",
    ])
    func aNameThatTellsNoTimeGivesNone(name: String) throws {
        let zone = try #require(berlin)
        #expect(RecordingName(name).startTime(localTimeZone: zone) == nil)
    }

    private func iso(_ text: String) -> Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    }
}
