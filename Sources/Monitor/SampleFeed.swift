import AudioCapture

/// What writes a source's samples into its ring: a microphone, or a recording played at its pace.
protocol SampleFeed: Sendable {
    /// Begins to write.
    func start()

    /// Ceases to write and waits until nothing is written any more.
    func stop()

    /// What the device delivers; nil until it was open for the first time.
    var format: FeedFormat? { get }

    /// Whether it waits for what was written to be read, and so loses nothing.
    var waitsForAnalysis: Bool { get }

    /// How many times as fast as real time its dates run; 1 for a device.
    var pace: Double { get }

    /// Why nothing comes at the moment; nil while the device delivers.
    var absence: String? { get }

    /// Whether the device is open and only silent, so that what it captured may still come.
    var mayCatchUp: Bool { get }

    /// Why what comes can't be the world's sound, for people; nil while it can.
    var fault: String? { get }

    /// The noise floor that was learnt, if it is to be believed now; nil where there is none.
    var learntFloor: LearntFloor? { get }

    /// How many samples were at full scale.
    var clippedSamples: Int64 { get }

    /// How the feed ended; nil while it goes on.
    var ending: FeedEnding? { get }
}
