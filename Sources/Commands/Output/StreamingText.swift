import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// How a model's network follows a stream, and why, in words.
struct StreamingText {
    /// The model.
    let model: SoundModel
    /// What its network is made of.
    let network: ModelSummary

    /// One or more lines, without the last one's end.
    var text: String {
        if let reason = model.reasonForWholeWindows { return "window by window: \(reason)" }
        switch network.streaming {
        case .windowByWindow(let reason):
            return "window by window: \(reason)"
        case .hopByHop(_, let hopFrames, let report):
            let hopSeconds =
                Double(hopFrames * model.frontEnd.hopLength) / Double(model.frontEnd.sampleRateHz)
            let share = Double(report.hopWork) / Double(max(1, report.windowWork)) * 100
            let line =
                "incrementally: a hop of \(hopFrames) frame(s), "
                + String(format: "%.3f s, costs %.1f %% of a window", hopSeconds, share)
            let reasons = report.wholeWindowReasons.map {
                "\n            except: \($0)"
            }
            return line + reasons.joined()
        }
    }
}
