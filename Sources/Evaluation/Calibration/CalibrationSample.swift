import Detection
import SoundDatasets

/// A class's logit in a window, and whether the class is heard in it.
package struct CalibrationSample: Equatable, Sendable {
    /// The log odds that the network gives the class.
    package let logit: Double
    /// Whether the class is heard.
    package let isHeard: Bool
    /// The half of the recordings that the window is of: what is fitted to one is judged on the other.
    package let half: Int

    /// Creates the sample from its parts.
    package init(logit: Double, isHeard: Bool, half: Int) {
        self.logit = logit
        self.isHeard = isHeard
        self.half = half
    }

    /// How far under the loudest hop of a clip a window may be to be one of the clip's class.
    package static let quietestInClipDB: Float = 20

    /// The samples of recordings, class by class.
    ///
    /// Windows at which the gate was closed are left out, as are those of which the labels do not
    /// tell whether the class is heard.
    ///
    /// - Parameters:
    ///   - recordings: With the network's own scores.
    ///   - classNames: The classes, in the order of the scores.
    ///   - areClips: Whether the recordings are clips of one sound, without onset and offset: their
    ///     quiet windows are skipped.
    /// - Returns: For each class its samples; the halves have as many recordings of each label.
    package static func samples(
        of recordings: [ScoredRecording],
        classNames: [String],
        areClips: Bool
    ) -> [[CalibrationSample]] {
        var samples = [[CalibrationSample]](repeating: [], count: classNames.count)
        let halves = halves(of: recordings, areClips: areClips)
        for (recording, half) in zip(recordings, halves) {
            let loudest = recording.hops.map(\.levelDBFS).max() ?? 0
            for hop in recording.hops where !hop.scores.isEmpty {
                let labels = WindowLabels(of: hop, in: recording, classNames: classNames).classes
                let isQuiet = areClips && hop.levelDBFS < loudest - quietestInClipDB
                for index in classNames.indices {
                    guard let isHeard = labels[index], !(isHeard && isQuiet) else { continue }
                    samples[index].append(
                        CalibrationSample(
                            logit: Double(Logit.of(probability: hop.scores[index])),
                            isHeard: isHeard,
                            half: half
                        )
                    )
                }
            }
        }
        return samples
    }

    /// The half of each recording: clips of a label one after the other, since neighbours by name
    /// are often of one source; recordings in turns.
    private static func halves(of recordings: [ScoredRecording], areClips: Bool) -> [Int] {
        guard areClips else { return recordings.indices.map { $0 % 2 } }
        let labels = recordings.map { $0.reference.first?.label ?? "" }
        let counts = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
        var seen: [String: Int] = [:]
        return labels.map { label in
            defer { seen[label, default: 0] += 1 }
            return seen[label, default: 0] < (counts[label] ?? 0) / 2 ? 0 : 1
        }
    }
}

/// What is heard in a window, as far as the annotation of its recording says.
struct WindowLabels: Equatable, Sendable {
    /// For each class whether it is heard; nil where too little of it is in the window to tell.
    let classes: [Bool?]

    /// Looks up what is annotated in a hop's window.
    ///
    /// A sound is heard if at least half of the window, or half of the sound, is covered by the
    /// other.
    ///
    /// - Parameters:
    ///   - hop: The hop.
    ///   - recording: The recording it is from.
    ///   - classNames: The classes, in the order of the scores.
    init(of hop: ScoredHop, in recording: ScoredRecording, classNames: [String]) {
        let rate = recording.sampleRateHz
        let start = hop.window.lowerBound.seconds(atRate: rate)
        let end = hop.window.upperBound.seconds(atRate: rate)
        var heard = [Bool?](repeating: false, count: classNames.count)
        for sound in recording.reference {
            let overlap = min(end, sound.offsetSeconds) - max(start, sound.onsetSeconds)
            guard overlap > 0, let index = classNames.firstIndex(of: sound.label) else { continue }
            let shorter = min(end - start, sound.offsetSeconds - sound.onsetSeconds)
            if overlap >= shorter / 2 {
                heard[index] = true
            } else if heard[index] == false {
                heard[index] = nil
            }
        }
        classes = heard
    }

    /// Whether any of the classes is heard; nil where that cannot be told.
    var isKnown: Bool? {
        if classes.contains(true) { return true }
        return classes.contains { $0 == nil } ? nil : false
    }
}
