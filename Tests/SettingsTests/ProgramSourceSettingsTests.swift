import Foundation
import Settings
import Testing

/// Sources whose sound a program writes, in the configuration.
@Suite struct ProgramSourceSettingsTests {
    private let folder: ConfigurationFolder

    init() throws {
        folder = try ConfigurationFolder()
    }

    private func problems(_ source: String) throws -> [String] {
        try MonitorConfiguration.check(path: folder.write("sources:\n  - {name: cam, \(source)}\n"))
            .map(\.description)
    }

    @Test func aProgramWithItsRateIsASourceAndItsPasswordIsNotShown() throws {
        let path = try folder.write(
            """
            sources:
              - name: cam
                command: [ffmpeg, -i, "rtsp://me:secret@10.0.0.9/1", -ar, 16000, pipe:1]
                sample_rate: 16000
                format: f32le
            """
        )
        let loaded = try MonitorConfiguration.load(
            path: path,
            environment: [:],
            overridesPath: nil
        )
        let source = try #require(loaded.sources.first)
        #expect(
            source.input
                == .program([
                    "ffmpeg", "-i", "rtsp://me:secret@10.0.0.9/1", "-ar", "16000", "pipe:1",
                ])
        )
        #expect(source.format == .f32le)
        #expect(source.input.description == "ffmpeg -i rtsp://***@10.0.0.9/1 -ar 16000 pipe:1")
        let shown = loaded.shownSettings()
        #expect(!shown.contains { $0.value.contains("secret") })
        #expect(shown.contains { $0.key == "sources[0].device" && $0.value == "none" })
    }

    @Test func aCommandIsShownAsAShellNeedsIt() {
        let input = SourceInput.program([
            "ffmpeg", "-i", "rtsp://me:secret@10.0.0.9/cam?channel=1&subtype=0", "it's", "",
            "pipe:1",
        ])
        #expect(
            input.description
                == "ffmpeg -i 'rtsp://***@10.0.0.9/cam?channel=1&subtype=0' 'it'\\''s' '' pipe:1"
        )
    }

    @Test(arguments: [
        ("command: [ffmpeg]", "'command' without 'sample_rate'"),
        ("command: [ffmpeg], sample_rate: 16000, device: default", "both 'device' and 'command'"),
        ("format: s16le", "'format' without 'command'"),
        ("command: ffmpeg -i x, sample_rate: 16000", "there is no shell"),
        ("command: [\"ffmpeg -i x\"], sample_rate: 16000", "there is no shell"),
        ("command: [./camera], sample_rate: 16000", "give the program's whole path"),
        ("command: [], sample_rate: 16000", "a list of a program and its arguments"),
        ("command: [ffmpeg], sample_rate: 16000, format: mp3", "s16le"),
        ("command: [ffmpeg], sample_rate: 16000, channel: 2", "at most 'channels', which is 1"),
    ])
    func whatCannotBeASourceIsRefusedWithWhatToWrite(source: String, words: String) throws {
        let found = try problems(source)
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }
}
