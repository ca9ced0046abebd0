import Detection
import Evaluation
import Foundation
import Messages
import SoundDatasets
import Testing

@Suite struct EventReportTests {
    @Test func theReportCountsWhatWasFoundMissedAndMadeUp() async throws {
        let report = await report()
        let dog = try #require(report.classes.first { $0.name == "dog" })
        #expect(dog.overlap.referenceCount == 2)
        #expect(dog.overlap.foundCount == 1)
        #expect(dog.overlap.falseAlarmCount == 1)
        #expect(report.unknownSoundCount == 1)
        #expect(report.confusion.rowNames == ["dog", "siren", "door", "(nothing)"])
        #expect(report.confusion.counts == [[1, 0], [0, 0], [1, 0], [0, 0]])
        #expect(report.confusion.missed == [1, 0, 1, 0])
    }

    @Test func aDisabledClassIsNotReported() async {
        var settings = Self.settings
        settings.classes["siren"] = settings.defaults
        settings.classes["siren"]?.isEnabled = false
        let report = await report(settings)
        #expect(report.classes.map(\.name) == ["dog"])
    }

    @Test func theTextNamesEveryNumberOfTheIssue() async {
        let text = await report().text
        for words in [
            "event-based", "segment-based", "PSDS 1", "PSDS 2", "latency", "onset error",
            "false alarms per hour", "sounds found   1 of 2",
        ] {
            #expect(text.contains(words), "'\(words)' is missing in:\n\(text)")
        }
    }

    @Test func theJSONIsReadByOthers() async throws {
        let json = await report().json.text
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        )
        #expect(object["false_alarms"] as? Int == 1)
        #expect((object["classes"] as? [Any])?.count == 2)
        #expect((object["curve"] as? [Any])?.count == ThresholdSweep.thresholds.count)
        #expect(object["suggestion"] is NSNull)
    }

    @Test func thePageNeedsNoOtherFileAndCarriesNoForeignMarkup() async {
        let page = await report(name: "<script>alert(1)</script>").html
        #expect(!page.contains("<script>"))
        #expect(!page.contains("http://") && !page.contains("https://"))
        #expect(page.contains("&lt;script&gt;"))
        #expect(page.contains("false alarm, 0:08") && page.contains("missed, 0:13"))
    }

    private static var settings: DetectionSettings {
        var settings = DetectionSettings()
        settings.hopSeconds = 1
        settings.defaults.smoothingWindows = 1
        return settings
    }

    private func report(
        _ settings: DetectionSettings = Self.settings,
        name: String = "test"
    ) async -> EventReport {
        let replay = EventReplay(classNames: ["dog", "siren"], settings: settings)
        // A bark that is heard, a door that is taken for one, and a bark that is not heard.
        let scores: [Float] = [0, 0, 0.9, 0.9, 0, 0, 0, 0, 0.9, 0.9, 0, 0, 0, 0, 0, 0]
        let hops = scores.enumerated().map { index, score in
            let hop = SampleTime(Int64(index) * 1_000)..<SampleTime(Int64(index + 1) * 1_000)
            return ScoredHop(
                window: hop,
                hop: hop,
                gate: .open,
                scores: [score, 0],
                levelDBFS: -20,
                envelope: [Float](repeating: score > 0.5 ? 0.01 : 0.00001, count: 100)
            )
        }
        let recording = ScoredRecording(
            path: "yard.flac",
            sampleRateHz: 1_000,
            durationSeconds: 16,
            reference: [
                LabelledSound(onsetSeconds: 2, offsetSeconds: 4, label: "dog"),
                LabelledSound(onsetSeconds: 8, offsetSeconds: 10, label: "door"),
                LabelledSound(onsetSeconds: 13, offsetSeconds: 14, label: "dog"),
            ],
            hops: hops
        )
        let sweep = await ThresholdSweep.run([recording], replay: replay, jobs: 1)
        return EventReport(
            modelName: name,
            dataSetPath: "yard",
            recordings: [recording],
            replay: replay,
            sweep: sweep,
            eventRule: EventMatchRule(),
            segmentSeconds: 1
        )
    }
}
