/// When a sample really was at the device, for a source whose dates may run faster than time.
///
/// A microphone's dates are those of the world. A recording that is played ten times as fast is
/// dated by a clock that runs as fast, and its samples come a tenth of that after its beginning.
struct PlaybackTime {
    private let pace: Double
    private var originSeconds: Double?

    /// Knows how many times as fast as real time the dates run, above 0.
    init(pace: Double) {
        self.pace = pace
    }

    /// Takes note of the first date, in seconds of any clock.
    mutating func begin(at seconds: Double) {
        originSeconds = originSeconds ?? seconds
    }

    /// The real time, by the same clock, of what is dated so.
    func realSeconds(ofDate seconds: Double) -> Double {
        guard let originSeconds else { return seconds }
        return originSeconds + (seconds - originSeconds) / pace
    }
}
