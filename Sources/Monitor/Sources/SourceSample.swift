import AudioCapture
import AudioFiles
import Foundation
import Realtime
package import Settings

/// Some seconds of a source as it would be listened to, with its rate, channel and gain.
package struct SourceSample: Sendable {
    /// Mono, ±1.
    package private(set) var samples: [Float] = []
    /// Their rate in Hz.
    package private(set) var sampleRateHz: Int
    /// How many samples were at full scale, before channels were mixed.
    package private(set) var clippedSamples: Int64 = 0

    private static let waitMilliseconds = 500
    /// How often nothing may come before the device is given up.
    private static let mostSilentWaits = 20

    /// Listens to a source for some seconds, or reads as much of a recording.
    ///
    /// - Parameters:
    ///   - source: A device or a recording; the demo is nothing to measure.
    ///   - seconds: How long, above 0.
    ///   - usualRateHz: The rate that is asked of a device when the source names none, in Hz.
    /// - Throws: Why the device can't be listened to, or ``SourceSampleError``.
    package init(of source: SourceSettings, seconds: Int, usualRateHz: Int) throws {
        switch source.input {
        case .file(let path):
            let reader = try RecordingReader(path: path, channel: source.recordingChannel)
            sampleRateHz = reader.sampleRateHz
            let wanted = seconds * sampleRateHz
            while samples.count < wanted {
                let count = min(1 << 15, wanted - samples.count)
                guard try reader.readMono(into: &samples, upTo: count) > 0 else { break }
            }
        case .device, .program:
            guard let settings = source.captureSettings(modelRateHz: usualRateHz) else {
                throw SourceSampleError.notMeasurable
            }
            // Says at once why a device can't be opened; the capture itself would wait for it.
            let stream = try MicrophoneCapture.probe(settings)
            sampleRateHz = stream.rateHz
            try listen(to: source, seconds: seconds, usualRateHz: usualRateHz)
        case .demo:
            throw SourceSampleError.notMeasurable
        }
        guard samples.count >= seconds * sampleRateHz else {
            throw SourceSampleError.tooShort(
                seconds: Double(samples.count) / Double(sampleRateHz),
                neededSeconds: seconds
            )
        }
    }

    private mutating func listen(
        to source: SourceSettings,
        seconds: Int,
        usualRateHz: Int
    ) throws {
        var ring = SampleRing.make(seconds: 8)
        var consumer = ring.takeConsumer()
        let feed = try source.makeFeed(producer: ring.takeProducer(), modelRateHz: usualRateHz)
        feed.start()
        defer { feed.stop() }
        var period = [Float](repeating: 0, count: SampleRing.longestPeriod)
        var next: Int64?
        var silentWaits = 0
        while samples.count < seconds * sampleRateHz {
            guard consumer.waitForPeriod(timeoutMilliseconds: Self.waitMilliseconds) else {
                silentWaits += 1
                guard silentWaits < Self.mostSilentWaits else {
                    throw SourceSampleError.nothingComes(reason: feed.absence)
                }
                continue
            }
            var span = period.mutableSpan
            guard let mark = consumer.nextPeriod(into: &span) else { continue }
            guard next == nil || next == mark.firstSample else {
                throw SourceSampleError.samplesLost
            }
            next = mark.firstSample + Int64(mark.sampleCount)
            samples += period[..<mark.sampleCount]
        }
        samples.removeLast(samples.count - seconds * sampleRateHz)
        clippedSamples = feed.clippedSamples
    }
}

/// Why there are no seconds of a source to measure.
package enum SourceSampleError: Error, Equatable, CustomStringConvertible {
    /// The demo was asked for.
    case notMeasurable
    /// The recording is shorter than what is measured.
    case tooShort(seconds: Double, neededSeconds: Int)
    /// The device is open but delivers nothing.
    case nothingComes(reason: String?)
    /// The machine was too slow, or the device went away for a moment.
    case samplesLost

    package var description: String {
        switch self {
        case .notMeasurable:
            "The demo has no sound pressure. Name a device, or a recording as file:PATH."
        case .tooShort(let seconds, let neededSeconds):
            "The recording has \(String(format: "%.1f", seconds)) s, \(neededSeconds) s are "
                + "needed. Record longer, or give --seconds."
        case .nothingComes(let reason):
            "The device delivers no samples. " + (reason ?? "Unplug it and plug it in again.")
        case .samplesLost:
            "Samples were lost while the tone was measured. Try again on a quieter machine."
        }
    }
}
