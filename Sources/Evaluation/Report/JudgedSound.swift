import SoundDatasets

/// A sound or an event of a recording, and what became of it.
struct JudgedSound: Equatable, Sendable {
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
