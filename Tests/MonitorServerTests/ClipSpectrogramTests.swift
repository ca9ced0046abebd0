import EventStore
import Foundation
import Monitor
import MonitorClient
import MonitorServer
import TestSupport
import Testing

@Suite("The spectrogram of a clip")
struct ClipSpectrogramTests {
    private static let rateHz = 16_000
    private let clips: TemporaryFolder

    /// A clip of a second of 1 kHz at -70 dBFS: as text, its levels are letters.
    init() throws {
        clips = try TemporaryFolder()
        let amplitude = 32_768 * 2.0.squareRoot() * pow(10, -70.0 / 20)
        let samples = (0..<Self.rateHz).map {
            Int16((amplitude * sin(2 * .pi * 1_000 * Double($0) / Double(Self.rateHz))).rounded())
        }
        try write(Self.wave(of: samples), to: "1.wav")
        try write(Data("fLaC0123456789".utf8), to: "2.flac")
    }

    private func write(_ data: Data, to name: String) throws {
        let folder = clips.file("2026/11/20")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    private static func wave(of samples: [Int16]) -> Data {
        func bytes(_ number: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let size = 2 * samples.count
        let head =
            Array("RIFF".utf8) + bytes(36 + size, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4)
            + bytes(1, 2) + bytes(1, 2) + bytes(rateHz, 4) + bytes(2 * rateHz, 4) + bytes(2, 2)
            + bytes(16, 2) + Array("data".utf8) + bytes(size, 4)
        return Data(head + samples.flatMap { bytes(Int($0), 2) })
    }

    /// An answer about an event with a clip.
    private func answer(clip name: String?) async throws -> String {
        let folder = clips.file("")
        let answers = Answers()
        try await withMonitor { settings in
            settings.clipsDirectory = folder
        } _: { monitor in
            let id = try monitor.addEvent(secondsAgo: 10)
            if let name {
                let clip = NewClip(
                    path: "2026/11/20/\(name)",
                    byteCount: 14,
                    // As eight bytes this is text too.
                    start: Date(timeIntervalSince1970: 32),
                    seconds: 1,
                    sampleRateHz: Self.rateHz
                )
                try monitor.store.setClip(ofEvent: id, to: clip)
            }
            await answers.add(await monitor.raw(request("GET /v1/events/\(id)/spectrogram")))
        }
        return await answers.last
    }

    private actor Answers {
        private(set) var last = ""

        func add(_ text: String) {
            last = text
        }
    }

    @Test func aLineOfJSONIsFollowedByEveryColumnOfTheClipFromItsBeginning() async throws {
        let text = try await answer(clip: "1.wav")
        #expect(text.status == 200)
        #expect(text.contains("application/octet-stream"))
        let line = try #require(text.firstMatch(of: /\{[^\n]*\}\n/)).output
        let header = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        )
        #expect(header["source"] as? String == "porch")
        #expect(header["model"] as? String == "test")
        let bands = try #require(header["bands"] as? Int)
        let columns = try #require(header["columns"] as? Int)
        #expect((24...26).contains(columns))
        let length = try #require(text.firstMatch(of: /(?i)content-length: (\d+)/)).output.1
        #expect(Int(length) == line.utf8.count + columns * (8 + bands))

        // The time, 32 s after the beginning of 1970, and the levels of the first column.
        let first = Array(try #require(text.split(separator: line).last).utf8.prefix(8 + bands))
        #expect(first.prefix(8) == [0, 0, 0, 0, 0, 0, 0x40, 0x40])
        let levels = Array(first.dropFirst(8))
        let brightest = try #require(levels.indices.max { levels[$0] < levels[$1] })
        let centre = madeUpLayout.frequenciesHz[brightest]
        #expect(abs(centre - 1_000) < 60, "\(centre) Hz")
        let level = SpectrogramLayout.floorDB + SpectrogramLayout.stepDB * Double(levels[brightest])
        #expect(abs(level + 70) < 3, "\(level)")
    }

    @Test(arguments: [
        (nil, 404, "no_clip: Event 1 has no clip."),
        ("3.flac", 404, "clip_gone: The clip of event 1 is gone."),
        ("2.flac", 500, "failed: The clip cannot be shown. Cannot read "),
    ])
    func noPictureIsExplained(clip: String?, status: Int, expected: String) async throws {
        let text = try await answer(clip: clip)
        #expect(text.status == status)
        #expect(text.apiError.hasPrefix(expected), "\(text.apiError)")
    }
}
