/// What composed soundscapes are like.
package struct SoundscapeSettings: Equatable, Sendable {
    /// The number of soundscapes.
    package var count = 1
    /// The length of each, in seconds.
    package var lengthSeconds: Double = 60
    /// The rate, in Hz.
    package var sampleRateHz = 16_000
    /// How many sounds begin in a minute, on average; fewer where ``maximumOverlap`` is in the way.
    package var eventsPerMinute: Double = 6
    /// The least level of a sound over the background while it sounds, in dB.
    package var lowestSNRDB: Double = 0
    /// The greatest level of a sound over the background, in dB.
    package var highestSNRDB: Double = 20
    /// How many sounds may be heard at once.
    package var maximumOverlap = 1
    /// The share of sounds that are heard through a room, where there are room responses.
    package var roomShare: Double = 0.5
    /// The level of the background, RMS in dBFS.
    package var backgroundDBFS: Double = -50
    /// Sounds are cut after this time, in seconds.
    package var maximumEventSeconds: Double = 10
    /// The same seed gives the same soundscapes.
    package var seed: UInt64 = 1

    /// Creates the default settings.
    package init() {}

    /// Checks every value.
    ///
    /// - Throws: The first value that is out of range.
    package func validate() throws(ComposeError) {
        try check("count", Double(count), 1...100_000)
        try check("length", lengthSeconds, 1...3_600)
        try check("rate", Double(sampleRateHz), 8_000...96_000)
        try check("events per minute", eventsPerMinute, 0...600)
        try check("lowest SNR", lowestSNRDB, -60...60)
        try check("highest SNR", highestSNRDB, lowestSNRDB...60)
        try check("overlap", Double(maximumOverlap), 1...16)
        try check("room share", roomShare, 0...1)
        try check("background level", backgroundDBFS, -90...(-10))
        try check("longest event", maximumEventSeconds, 0.05...600)
    }

    private func check(
        _ name: String,
        _ value: Double,
        _ allowed: ClosedRange<Double>
    ) throws(ComposeError) {
        guard allowed.contains(value) else {
            throw .outOfRange(setting: name, value: value, allowed: allowed)
        }
    }
}
