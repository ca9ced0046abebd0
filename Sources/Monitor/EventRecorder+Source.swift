extension EventRecorder {
    /// A source that is recorded.
    package struct Source: Sendable {
        /// Its name in the configuration.
        package let name: String
        /// What it listens to.
        package let device: String
        /// The sound pressure level of 0 dBFS in dB; nil: it is not known.
        package let calibrationDB: Double?
        /// The places of its models among the recorder's.
        package let models: [Int]

        /// Names a source.
        package init(
            name: String,
            device: String,
            calibrationDB: Double? = nil,
            models: [Int] = [0]
        ) {
            self.name = name
            self.device = device
            self.calibrationDB = calibrationDB
            self.models = models
        }
    }

    struct Track {
        var condition: SourceCondition
        /// The places of the source's models among the recorder's.
        let models: [Int]
        var coverage: CoverageTracker
        /// The scores of each of the source's models; empty before it was open.
        var scores: [ScoreBlockBuilder] = []
        /// Whether the scores of each of the source's models are valid.
        var health: [ScoreHealth]
        /// Why the source does not hear, as last told; nil if it does.
        var fault: String?
        /// The events whose end is not yet durable.
        var events: [EventPlace: OngoingEvent] = [:]
    }
}
