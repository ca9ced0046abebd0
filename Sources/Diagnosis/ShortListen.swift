package import AudioCapture
import Foundation
import Realtime

/// Listens to a device for a moment, to find out whether it works.
package enum ShortListen {
    private static let longestStartSeconds = 20.0

    /// Opens a device, listens and closes it again; blocks for as long.
    ///
    /// - Parameters:
    ///   - settings: What is asked of the device.
    ///   - seconds: How long to listen.
    ///   - configuration: Where ALSA finds the device; nil: the system's configuration.
    /// - Returns: What came, be it nothing.
    /// - Throws: Why it cannot be listened to now.
    package static func facts(
        _ settings: CaptureSettings,
        seconds: Double = 2,
        configuration: ALSAConfiguration? = nil
    ) throws(CaptureError) -> ListeningFacts {
        let stream = try MicrophoneCapture.probe(settings, configuration: configuration)
        var ring = SampleRing.make(seconds: Int(seconds) + 2)
        let capture = try MicrophoneCapture(
            settings: settings,
            producer: ring.takeProducer(),
            configuration: configuration
        )
        var consumer = ring.takeConsumer()
        var period = [Float](repeating: 0, count: SampleRing.longestPeriod)
        var facts = ListeningFacts(rateHz: stream.rateHz)
        facts.listenedSeconds = seconds
        var firstNanoseconds: Int64?
        var countUntilLast = 0
        var lastNanoseconds: Int64 = 0
        capture.start()
        // A program has to connect first.
        let patience = settings.program == nil ? 0 : longestStartSeconds
        var end = Date(timeIntervalSinceNow: seconds + patience)
        while Date() < end {
            guard consumer.waitForPeriod(timeoutMilliseconds: 100) else { continue }
            while true {
                var span = period.mutableSpan
                guard let mark = consumer.nextPeriod(into: &span) else { break }
                countUntilLast = facts.sampleCount
                lastNanoseconds = mark.monotonicNanoseconds
                if firstNanoseconds == nil {
                    firstNanoseconds = mark.monotonicNanoseconds
                    end = Date(timeIntervalSinceNow: seconds)
                }
                let samples = period
                facts.add(samples.span.extracting(first: mark.sampleCount))
            }
        }
        capture.stop()
        if let firstNanoseconds, countUntilLast > 0, lastNanoseconds > firstNanoseconds {
            // The time up to the last period is that of the samples before it.
            let elapsed = Double(lastNanoseconds - firstNanoseconds) / 1e9
            facts.elapsedSeconds = elapsed * Double(facts.sampleCount) / Double(countUntilLast)
        }
        return facts
    }
}

/// What a device delivered while it was listened to for a moment.
package struct ListeningFacts: Equatable, Sendable {
    /// The nominal rate of the device, in Hz.
    package var rateHz: Int
    /// The time from the first to the last sample by the clock, in seconds; 0 if it is not known.
    package var elapsedSeconds = 0.0
    /// How long the device was listened to, in seconds.
    package var listenedSeconds = 0.0
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
        // Dates of a device that is much too fast run ahead with it; the time listened does not.
        if Double(sampleCount) > (1.5 * listenedSeconds + 1) * Double(rateHz), listenedSeconds > 0 {
            return Double(sampleCount) / listenedSeconds
        }
        return elapsedSeconds < 0.5 ? nil : Double(sampleCount) / elapsedSeconds
    }
}
