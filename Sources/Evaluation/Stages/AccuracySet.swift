import Detection

/// Scored recordings on which a whole decision is measured: sounds to find, and none to find.
package struct AccuracySet: Sendable {
    /// Sounds of the model's classes that are clearly heard one at a time.
    package var clips: [ScoredRecording]
    /// Scenes in which sounds of the model's classes are heard among others and over backgrounds.
    package var scenes: [ScoredRecording]
    /// Recordings without them, by what they are made of, such as `ambience`.
    package var backgrounds: [(name: String, recordings: [ScoredRecording])]

    /// Joins the three.
    package init(
        clips: [ScoredRecording],
        scenes: [ScoredRecording],
        backgrounds: [(name: String, recordings: [ScoredRecording])]
    ) {
        self.clips = clips
        self.scenes = scenes
        self.backgrounds = backgrounds
    }

    /// All recordings without sounds of the model's classes.
    package var allBackgrounds: [ScoredRecording] { backgrounds.flatMap(\.recordings) }

    /// The length of all backgrounds, in hours.
    package var backgroundHours: Double { Self.hours(of: allBackgrounds) }

    /// The share of all hops at which the gate is open and the network is asked.
    package var askedShare: Double {
        let hops = (clips + scenes + allBackgrounds).flatMap(\.hops)
        return hops.isEmpty ? 0 : Double(hops.count { $0.gate == .open }) / Double(hops.count)
    }

    /// The length of recordings together, in hours.
    package static func hours(of recordings: [ScoredRecording]) -> Double {
        recordings.reduce(0) { $0 + $1.durationSeconds } / 3_600
    }

    /// The same with every recording changed.
    package func mapping(_ change: (ScoredRecording) -> ScoredRecording) -> AccuracySet {
        AccuracySet(
            clips: clips.map(change),
            scenes: scenes.map(change),
            backgrounds: backgrounds.map { ($0.name, $0.recordings.map(change)) }
        )
    }
}
