import Detection
import Foundation
import Messages
import SoundDatasets
import Testing

@testable import Evaluation

@Suite struct ClipReportTests {
    @Test func foldsAreKeptApartAndUnknownClipsCountedForThemselves() {
        let report = report()
        #expect(report.matrix.accuracy == 0.75)
        #expect(report.folds.map(\.number) == [1, 2])
        #expect(report.folds.map(\.accuracy) == [1, 0.5])
        #expect(report.accuracyOverFolds?.mean == 0.75)
        #expect(report.unknownClipCount == 1)
        #expect(report.unknownClipsWithEvents == 1)
    }

    @Test func aClipThatNeverOpensTheGateHasNoAnswer() {
        #expect(report().matrix.classNames == ["dog", "siren", "(none)"])
        #expect(report().matrix.counts == [[2, 0, 0], [0, 1, 1], [0, 0, 0]])
    }

    @Test func textAndPageShowTheMatrix() {
        #expect(report().text.contains("really / named"))
        #expect(report().text.contains("1 of 1 became an event"))
        #expect(report().html.contains("<th scope=\"col\" class=\"number\">siren</th>"))
    }

    private func report() -> ClipReport {
        var settings = DetectionSettings()
        settings.hopSeconds = 1
        settings.defaults.smoothingWindows = 1
        let clips: [(label: String, fold: Int?, scores: [Float])] = [
            ("dog", 1, [0.9, 0.1]), ("dog", 1, [0.6, 0.5]), ("siren", 2, [0.2, 0.4]),
            ("siren", 2, []), ("door", nil, [0.9, 0]),
        ]
        return ClipReport(
            modelName: "test",
            dataSetPath: "clips",
            clips: clips.enumerated().map { index, clip in
                EvaluationClip(path: "\(index).wav", label: clip.label, fold: clip.fold)
            },
            scored: clips.map { recording($0.scores) },
            replay: EventReplay(classNames: ["dog", "siren"], settings: settings)
        )
    }

    private func recording(_ scores: [Float]) -> ScoredRecording {
        let hops = (0..<3).map { index in
            let hop = SampleTime(Int64(index) * 1_000)..<SampleTime(Int64(index + 1) * 1_000)
            return ScoredHop(
                window: hop,
                hop: hop,
                gate: scores.isEmpty ? .closed : .open,
                scores: scores,
                levelDBFS: -20,
                envelope: [Float](repeating: 0.01, count: 100)
            )
        }
        return ScoredRecording(
            path: "a.wav",
            sampleRateHz: 1_000,
            durationSeconds: 3,
            reference: [],
            hops: hops
        )
    }
}

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
