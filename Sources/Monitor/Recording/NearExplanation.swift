import Detection
import Foundation
import Messages
import ModelLibrary

extension NearMessage {
    /// A peak that became no event, as listeners get it.
    ///
    /// - Parameters:
    ///   - miss: The peak.
    ///   - model: Its model.
    ///   - source: The name of its source.
    ///   - date: The end of the window of the peak.
    init(_ miss: NearMiss, model: SoundModel, source: String, at date: Date) {
        let classes = model.about.eventClasses
        let (stage, reason) = Self.explanation(of: miss) { classes[$0].label }
        self.init(
            source: source,
            model: model.name,
            className: classes[miss.classIndex].name,
            label: classes[miss.classIndex].label,
            time: date,
            peak: Double(miss.peak),
            threshold: Double(miss.threshold),
            stage: stage,
            reason: reason
        )
    }

    /// Where a peak was stopped, and why in a line for people.
    static func explanation(
        of miss: NearMiss,
        label: (ClassIndex) -> String
    ) -> (stage: Stage, reason: String) {
        let peak = scoreText(miss.peak)
        let needed = String(format: "needs %.2f", miss.threshold)
        // What one window alone would have been enough for is lost by smoothing.
        let isEnoughInOneWindow = miss.windowPeak >= miss.threshold && miss.peak < miss.threshold
        let smoothed =
            isEnoughInOneWindow
            ? "\(peak) over several windows (\(scoreText(miss.windowPeak)) in one), \(needed)"
            : "\(peak), \(needed)"
        switch miss.reason {
        case .threshold: return (.threshold, smoothed)
        case .gate: return (.gate, "the gate closed, it was too quiet: \(smoothed)")
        case .off: return (.off, "\(peak), but the class is off")
        case .confirmation(let hits, let windows, let least):
            return (
                .confirmation, "\(peak) in \(hits) of \(windows) windows, needs \(least) of them"
            )
        case .duration(let seconds, let neededSeconds):
            let length = String(format: "%.2f s, needs %.2f s", max(0, seconds), neededSeconds)
            return (.duration, "lasted \(length)")
        case .coolDown(let seconds):
            return (.coolDown, "within \(String(format: "%g", seconds)) s after the event before")
        case .suppressed(let other):
            return (.suppressed, "\(peak), but \(label(other)) was on")
        case .secondOpinion(let score, let least):
            let answer = "\(scoreText(score)), needs \(String(format: "%.2f", least))"
            return (.secondOpinion, "\(peak), but the second model gave \(answer)")
        }
    }

    /// A score in two decimals, rounded down: what is not enough does not look as if it were.
    private static func scoreText(_ score: Float) -> String {
        String(format: "%.2f", (Double(score) * 100 + 1e-4).rounded(.down) / 100)
    }
}
