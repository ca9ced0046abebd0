import Foundation
import Learning
import ModelLibrary
import Platform
import SoundDatasets

/// What was learnt and how it would have done, before it is kept.
struct Lesson {
    /// What the examples were told from.
    struct Others {
        /// The recordings of the model's file of other sounds; nil: it has none.
        var ofModel: String?
        var pastClips: Int
        /// Windows of real sounds of the class that the examples are not.
        var ofClass: Int
    }

    /// What it would have done with the clips that are kept.
    struct Past {
        var days: Double
        var fired: [PastSounds.Clip]
        var scores: [Int64: Float]
    }

    var task: LearningTask
    var clips: [ExampleClip]
    var head: LearntHead
    var seconds: Double
    var others: Others
    var past: Past?

    /// How many of the clips that it would have fired at are named.
    private static let shownClips = 10
    /// Sounds shorter than this fill too few windows to be smoothed over several.
    private static let shortSeconds = 1.5

    /// What is written.
    func sound(learntAt: Date) -> LearntSound {
        LearntSound(
            name: task.name,
            label: task.label,
            notClass: task.notClass,
            model: task.model.name,
            modelDigest: task.model.digest.description,
            head: head.head,
            on: head.on,
            off: (head.on * 60).rounded() / 100,
            smoothing: head.soundSeconds < Self.shortSeconds ? 1 : nil,
            learntAt: learntAt,
            examples: clips.indices.map { "\($0 + 1).flac" },
            recognised: head.recognised,
            otherWindows: head.otherWindows,
            mistakenWindows: head.mistakenWindows
        )
    }

    /// What people read.
    var text: String {
        let what =
            task.notClass.map { "that a sound is not '\($0)'" } ?? "'\(task.name)' (\(task.label))"
        let count = clips.count
        var lines = [
            "Learnt \(what) for \(task.model.name) from \(count) example\(count == 1 ? "" : "s") in "
                + String(format: "%.1f s.", seconds),
            clips.count > 1
                ? "\(head.recognised) of \(count) examples are recognised by what the others teach; "
                    + otherText
                : otherText.prefix(1).uppercased() + otherText.dropFirst(),
        ]
        if task.notClass == nil {
            lines.append(String(format: "An event opens at %.2f.", head.on))
        }
        if others.ofModel == nil {
            lines.append(
                "The model has no file of other sounds: it was told from noises, the demo recording "
                    + "and \(others.pastClips) clips of this box. See docs/learning.md."
            )
        }
        if let notClass = task.notClass, others.ofClass == 0 {
            lines.append(
                "There was no real '\(notClass)' to compare with; events labelled '\(notClass)' "
                    + "make it surer."
            )
        }
        return lines.joined(separator: "\n") + "\n" + pastText
    }

    private var otherText: String {
        "of \(head.otherWindows) windows of other sounds, kept apart, "
            + "\(head.mistakenWindows) \(head.mistakenWindows == 1 ? "is" : "are") taken for it."
    }

    private var pastText: String {
        guard let past else { return "No clips are kept here to try it on.\n" }
        let meant = task.notClass.map { name in past.fired.filter { $0.className == name } }
        let fired = (meant ?? past.fired).sorted {
            (past.scores[$0.eventID] ?? 0) > (past.scores[$1.eventID] ?? 0)
        }
        let verb = task.notClass == nil ? "fired at" : "silenced"
        let whole = task.notClass.map { "\($0) among " } ?? ""
        let days = max(past.days, 1)
        let count = others.pastClips
        let summary =
            "In \(whole)\(count) clip\(count == 1 ? "" : "s") kept of the last "
            + String(format: "%.1f days", past.days)
            + " it would have \(verb) \(fired.count) ("
            + String(format: "%.1f a day)", Double(fired.count) / days)
        guard !fired.isEmpty else { return "\(summary).\n" }
        let times = LocalTime()
        let table = TextTable(
            header: ["event", "time", "heard as", "score"],
            rows: fired.prefix(Self.shownClips).map { clip in
                [
                    "\(clip.eventID)", times.text(clip.start), clip.className,
                    String(format: "%.2f", past.scores[clip.eventID] ?? 0),
                ]
            },
            rightAligned: [0, 3]
        )
        return "\(summary), the strongest first:\n\(table.text)"
    }
}
