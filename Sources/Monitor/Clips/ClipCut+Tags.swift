package import AudioFiles
import Detection
import Foundation
import Messages
import ModelLibrary

extension ClipCut {
    /// What the file says about itself.
    ///
    /// - Parameters:
    ///   - id: The number of the event.
    ///   - source: The name of the source.
    /// - Returns: Title, date and comment.
    func tags(ofEvent id: Int64, source: String) -> RecordingTags {
        RecordingTags(
            title: soundClass.label,
            date: UTCTimestamp.text(start),
            comment: (["event \(id) of \(source)"] + facts).joined(separator: "; "),
            software: "earwitness"
        )
    }

    /// What the file of a clip that belongs to no event of a history says about itself.
    ///
    /// - Parameters:
    ///   - file: The name of the recording that it was cut from.
    ///   - hasDate: Whether the recording's date is known.
    /// - Returns: Title, date and comment.
    package func tags(file: String, hasDate: Bool) -> RecordingTags {
        RecordingTags(
            title: soundClass.label,
            date: hasDate ? UTCTimestamp.text(start) : nil,
            comment: (["from \(file)"] + facts).joined(separator: "; "),
            software: "earwitness"
        )
    }

    private var facts: [String] {
        let length = Double(event.end - event.start) / Double(sampleRateHz)
        var facts = [
            "class \(soundClass.name), score \(Self.text(Double(event.peakScore), 2))",
            "the event begins \(Self.text(preRollSeconds, 3)) s after the beginning of this file",
            isCutShort
                ? "it goes on after the end of this file"
                : "it lasts \(Self.text(length, 3)) s",
        ]
        if lostSeconds > 0 {
            facts.append("\(Self.text(lostSeconds, 3)) s were lost and are silent here")
        }
        if privateSeconds > 0 {
            facts.append("\(Self.text(privateSeconds, 3)) s are private and silent here")
        }
        return facts
    }

    private static func text(_ number: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", number)
    }
}
