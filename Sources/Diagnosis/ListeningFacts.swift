package import AudioCapture

/// What a device delivered while it was listened to for a moment.
package struct ListeningFacts: Equatable, Sendable {
    /// The nominal rate of the device, in Hz.
    package var rateHz: Int
    /// The time from the first to the last sample by the clock, in seconds; 0 if it is not known.
    package var elapsedSeconds = 0.0
    /// The samples, measured.
    package private(set) var signal = SignalMeasure()

    /// Creates the facts before any sample.
    package init(rateHz: Int) {
        self.rateHz = rateHz
    }

    /// Adds the samples that follow.
    package mutating func add(_ samples: Span<Float>) {
        signal.add(samples)
    }

    /// How many samples came.
    package var sampleCount: Int { signal.sampleCount }

    /// The rate at which samples really came, in Hz; nil if it was too short to tell.
    package var measuredRateHz: Double? {
        elapsedSeconds < 0.5 ? nil : Double(sampleCount) / elapsedSeconds
    }
}
