/// How fast one stage of the analysis is.
struct StageSpeed {
    /// The name for programs.
    let name: String
    /// What the stage does.
    let title: String
    /// Seconds of computing.
    let seconds: Double
    /// Seconds of sound that they were for.
    let soundSeconds: Double

    /// How many times faster than the sound plays.
    var timesRealTime: Double { soundSeconds / max(seconds, 1e-12) }
    /// The share of one core that one microphone takes.
    var shareOfCore: Double { seconds / soundSeconds }
}
