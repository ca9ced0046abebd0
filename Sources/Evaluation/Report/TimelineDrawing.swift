import Foundation
import SoundDatasets

/// A recording's sounds and events over time, a row a class, as SVG.
///
/// Above the line of a class are the annotated sounds, green if found and orange if missed; below
/// it the events, green or, for a false alarm, red.
struct TimelineDrawing {
    let recording: ComparedRecording
    let classNames: [String]

    private static let width = 1_000.0
    private static let left = 130.0
    private static let rowHeight = 22.0

    /// The drawing.
    var svg: String {
        let names = classNames.filter { name in
            (recording.reference + recording.detected).contains { $0.label == name }
        }
        let height = Double(names.count) * Self.rowHeight + 24
        let rows = names.enumerated().map { row(of: $1, at: Double($0) * Self.rowHeight + 4) }
        let end = String(format: "%.0f s", recording.durationSeconds)
        return "<svg viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\">"
            + rows.joined(separator: "\n")
            + "<text x=\"\(Self.left)\" y=\"\(height - 6)\">0 s</text>"
            + "<text x=\"\(Self.width)\" y=\"\(height - 6)\" text-anchor=\"end\">\(end)</text></svg>"
    }

    private func row(of name: String, at top: Double) -> String {
        let sounds = recording.reference.filter { $0.label == name }
        let events = recording.detected.filter { $0.label == name }
        let above = sounds.map { sound in
            let isFound = events.contains { OverlapTally.meets($0, sound) }
            return bar(
                sound,
                at: top,
                isFound ? "--hit" : "--miss",
                isFound ? "found" : "missed"
            )
        }
        let below = events.map { event in
            let isRight = sounds.contains { OverlapTally.meets(event, $0) }
            return bar(
                event,
                at: top + 9,
                isRight ? "--hit" : "--false",
                isRight ? "event" : "false alarm"
            )
        }
        return "<text x=\"\(Self.left - 8)\" y=\"\(top + 12)\" text-anchor=\"end\">"
            + "\(HTMLPage.escaped(name))</text>"
            + "<line x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(top + 8.5)\" "
            + "y2=\"\(top + 8.5)\" stroke=\"var(--line)\"/>" + (above + below).joined()
    }

    private func bar(
        _ sound: LabelledSound,
        at top: Double,
        _ colour: String,
        _ what: String
    ) -> String {
        let scale = (Self.width - Self.left) / max(recording.durationSeconds, 1e-9)
        let x = Self.left + sound.onsetSeconds * scale
        let title = String(format: "%.2f to %.2f s", sound.onsetSeconds, sound.offsetSeconds)
        return String(format: "<rect x=\"%.1f\" y=\"%.1f\" ", x, top)
            + String(format: "width=\"%.1f\" height=\"8\" ", max(1, sound.durationSeconds * scale))
            + "fill=\"var(\(colour))\"><title>\(what), \(title)</title></rect>"
    }
}
