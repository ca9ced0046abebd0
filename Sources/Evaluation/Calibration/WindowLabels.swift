package import Detection
import SoundDatasets

/// What is heard in a window, as far as the annotation of its recording says.
package struct WindowLabels: Equatable, Sendable {
    /// For each class whether it is heard; nil where too little of it is in the window to tell.
    package let classes: [Bool?]

    /// Looks up what is annotated in a hop's window.
    ///
    /// A sound is heard if at least half of the window, or half of the sound, is covered by the
    /// other.
    ///
    /// - Parameters:
    ///   - hop: The hop.
    ///   - recording: The recording it is from.
    ///   - classNames: The classes, in the order of the scores.
    package init(of hop: ScoredHop, in recording: ScoredRecording, classNames: [String]) {
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
    package var isKnown: Bool? {
        if classes.contains(true) { return true }
        return classes.contains { $0 == nil } ? nil : false
    }
}
