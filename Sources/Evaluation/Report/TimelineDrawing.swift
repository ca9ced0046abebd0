import Foundation
import SoundDatasets

/// A recording's sounds and events over time, a lane a class.
///
/// Above in a lane are the annotated sounds, filled if found and hollow if missed; below them the
/// events, filled or, for a false alarm, hatched. Sounds of other classes share a lane.
struct TimelineDrawing {
    private let name: String
    private let durationSeconds: Double
    private let sounds: [JudgedSound]
    private let classNames: [String]

    /// The lane of the sounds of no class.
    private static let others = "other sounds"
    private static let mostMarks = 6.0

    /// Judges what is to be drawn.
    init(recording: ComparedRecording, classNames: [String]) {
        name = URL(fileURLWithPath: recording.name).lastPathComponent
        durationSeconds = max(recording.durationSeconds, 1e-3)
        sounds = JudgedSound.all(of: recording, classNames: classNames)
        self.classNames = classNames
    }

    /// What the colours and shapes mean.
    static var key: String {
        let entries = [
            ("found", "sound that was found"), ("missed", "sound that was missed"),
            ("event", "event"), ("false", "false alarm"), ("other", "sound of no known class"),
        ].map { kind, words in
            "<li><i class=\"bar \(kind)\" aria-hidden=\"true\"></i>\(words)</li>"
        }
        return "<ul class=\"key\">\(entries.joined())</ul>\n"
    }

    /// The drawing, and the same as a table.
    var html: String {
        let step = String(format: "%.4f", 100 * markSeconds / durationSeconds)
        let lanes = (classNames + [Self.others]).compactMap { lane($0) }
        let rows = sounds.map { judged in
            [
                Self.precise(judged.sound.onsetSeconds), Self.precise(judged.sound.offsetSeconds),
                judged.sound.label, judged.verdict.rawValue,
            ]
        }
        let table = TextTable(
            header: ["begins", "ends", "class", "what"],
            rows: rows,
            rightAligned: [0, 1]
        )
        return "<h3>\(HTMLPage.escaped(name)) <small>\(summary)</small></h3>\n"
            + "<figure class=\"timeline\" style=\"--step:\(step)%\">\n"
            + "\(lanes.joined(separator: "\n"))\n\(axis)</figure>\n"
            + HTMLPage.details(
                "As a table",
                HTMLPage.table(
                    table,
                    caption: "Sounds and events of \(name), in minutes and seconds."
                )
            )
    }

    private var summary: String {
        "\(Self.precise(durationSeconds)) long: \(Self.summary(of: sounds))"
    }

    private static func summary(of sounds: [JudgedSound]) -> String {
        func count(_ verdict: JudgedSound.Verdict) -> Int { sounds.count { $0.verdict == verdict } }
        let found = count(.found)
        let alarms = count(.falseAlarm)
        return "\(found) of \(counted(found + count(.missed), "sound")) found, "
            + counted(alarms, "false alarm")
    }

    /// A class's lane; nil if nothing is in it.
    private func lane(_ name: String) -> String? {
        let own = sounds.filter { judged in
            name == Self.others ? judged.verdict == .other : judged.sound.label == name
        }
        guard !own.isEmpty else { return nil }
        let words = name == Self.others ? "\(own.count) of no known class" : Self.summary(of: own)
        return "<div class=\"lane\"><span class=\"name\">\(HTMLPage.escaped(name))</span>"
            + "<div class=\"track\" role=\"img\" "
            + "aria-label=\"\(HTMLPage.escaped("\(name): \(words)"))\">"
            + "\(own.map(bar).joined())</div></div>"
    }

    private func bar(_ judged: JudgedSound) -> String {
        let sound = judged.sound
        let onset = min(max(0, sound.onsetSeconds), durationSeconds)
        let offset = min(max(onset, sound.offsetSeconds), durationSeconds)
        let title =
            "\(sound.label): \(judged.verdict.rawValue), "
            + "\(Self.precise(sound.onsetSeconds)) to \(Self.precise(sound.offsetSeconds))"
        return "<i class=\"bar \(Self.kind(judged.verdict))\" style=\""
            + String(format: "left:%.3f%%;", 100 * onset / durationSeconds)
            + String(format: "width:%.3f%%\" ", 100 * (offset - onset) / durationSeconds)
            + "title=\"\(HTMLPage.escaped(title))\"></i>"
    }

    private static func kind(_ verdict: JudgedSound.Verdict) -> String {
        switch verdict {
        case .found: "found"
        case .missed: "missed"
        case .other: "other"
        case .event: "event"
        case .falseAlarm: "false"
        }
    }

    private var axis: String {
        let marks = stride(from: 0, through: durationSeconds, by: markSeconds).map { second in
            let place = String(format: "%.3f", 100 * second / durationSeconds)
            return "<span style=\"left:\(place)%;transform:translateX(-\(place)%)\">"
                + "\(markSeconds < 1 ? Self.precise(second) : TimeMarks.text(second))</span>"
        }
        return "<div class=\"lane axis\" aria-hidden=\"true\"><span class=\"name\"></span>"
            + "<div class=\"track\">\(marks.joined())</div></div>\n"
    }

    /// The seconds between two marks, such that there are a handful.
    private var markSeconds: Double {
        TimeMarks.step(atLeast: durationSeconds / Self.mostMarks)
    }

    /// A time to a hundredth of a second: `1:02.34`.
    private static func precise(_ seconds: Double) -> String {
        let hundredths = Int((min(max(0, seconds), 1e9) * 100).rounded())
        return TimeMarks.text(Double(hundredths / 100)) + String(format: ".%02d", hundredths % 100)
    }
}

/// A sound or an event of a recording, and what became of it.
private struct JudgedSound: Equatable, Sendable {
    /// What became of it; the words that the page shows.
    enum Verdict: String, Sendable {
        /// A sound of a class that an event of the class meets.
        case found = "sound, found"
        /// A sound of a class that no event of the class meets.
        case missed = "sound, missed"
        /// A sound of no class.
        case other = "other sound"
        /// An event that meets a sound of its class.
        case event
        /// An event that meets none.
        case falseAlarm = "false alarm"
    }

    /// When, and of what.
    let sound: LabelledSound
    /// What became of it.
    let verdict: Verdict

    /// The sounds and events of a recording in order of their beginnings.
    static func all(of recording: ComparedRecording, classNames: [String]) -> [JudgedSound] {
        let known = Set(classNames)
        func meets(_ sound: LabelledSound, _ others: [LabelledSound]) -> Bool {
            others.contains { $0.label == sound.label && OverlapTally.meets($0, sound) }
        }
        let sounds = recording.reference.map { sound in
            JudgedSound(
                sound: sound,
                verdict: !known.contains(sound.label)
                    ? .other : meets(sound, recording.detected) ? .found : .missed
            )
        }
        let events = recording.detected.filter { known.contains($0.label) }.map { event in
            JudgedSound(
                sound: event,
                verdict: meets(event, recording.reference) ? .event : .falseAlarm
            )
        }
        return (sounds + events).sorted { $0.sound.onsetSeconds < $1.sound.onsetSeconds }
    }
}
