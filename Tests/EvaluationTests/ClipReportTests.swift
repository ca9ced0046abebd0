import Detection
import Evaluation
import SoundDatasets
import Testing

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
