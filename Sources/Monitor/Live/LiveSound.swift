import AudioFiles
import Detection
import Foundation
package import LogMelFeatures

/// What of a source can be followed while it is heard: the spectrogram of each of its models, and
/// the sound itself.
///
/// The analysis thread asks how many follow, and computes nothing while nobody does.
package final class LiveSound: Sendable {
    /// The spectrogram of a model.
    struct Spectrogram: Sendable {
        /// How it is laid out.
        let layout: SpectrogramLayout
        /// Its columns, dated.
        let columns: LiveOutlet<SpectrogramColumn>
    }

    /// Those of the source's models, in their order.
    let spectrograms: [Spectrogram]
    /// The sound, 16 bits, mono, at ``soundRateHz``.
    let sound = LiveOutlet<[Int16]>(capacity: LiveSound.waitingPieces)
    /// The rate of the sound that is listened to: the highest that a model hears, within limits.
    let soundRateHz: Int
    private let feed: LiveFeed

    /// How many columns wait for a follower at most: about five seconds.
    private static let waitingColumns = 128
    /// How many pieces of sound wait for a listener at most: some seconds.
    private static let waitingPieces = 128
    private static let soundRatesHz = 8_000...48_000
    /// How long a follower waits while the device is away.
    private static let longestSilence = Duration.seconds(15)

    /// Offers the spectrograms of front ends.
    ///
    /// - Parameters:
    ///   - frontEnds: Those of the source's models, in their order.
    ///   - feed: Where scores are published.
    package init(_ frontEnds: [FrontEnd], feed: LiveFeed) {
        self.feed = feed
        let highest = frontEnds.map(\.sampleRateHz).max() ?? Self.soundRatesHz.upperBound
        soundRateHz = min(max(highest, Self.soundRatesHz.lowerBound), Self.soundRatesHz.upperBound)
        spectrograms = frontEnds.map {
            Spectrogram(
                layout: SpectrogramLayout($0),
                columns: LiveOutlet(capacity: Self.waitingColumns)
            )
        }
    }

    /// Whether anybody follows what is published of the source's scores.
    var areScoresFollowed: Bool { feed.followerCount > 0 }

    /// Ends the streams of those who follow a source that delivers nothing at present.
    package func dismissWhereSilent() {
        spectrograms.forEach { $0.columns.dismiss(silentFor: Self.longestSilence) }
        sound.dismiss(silentFor: Self.longestSilence)
    }

    /// Ends the streams of all followers, now and later: the source has ended.
    package func finish() {
        spectrograms.forEach { $0.columns.finish() }
        sound.finish()
    }
}

/// Computes on the analysis thread what is followed of a source's live sound.
struct LiveSoundTap {
    /// A spectrogram that is followed.
    private struct Followed {
        let analysis: SpectrogramAnalysis
        /// The first sample that it was given.
        var start: SampleTime
        /// The sample that follows on the last.
        var end: SampleTime
    }

    private let live: LiveSound
    private let sampleRateHz: Int
    /// The spectrograms at work, in the order of the models.
    private var followed: [Followed?]
    private var columns: [SpectrogramColumn] = []
    /// Brings the sound to the rate of the listeners; nil while nobody listens.
    private var resampler: StreamingResampler?
    private var resampled: [Float] = []

    /// Begins without followers.
    init(_ live: LiveSound, sampleRateHz: Int) {
        self.live = live
        self.sampleRateHz = sampleRateHz
        followed = live.spectrograms.map { _ in nil }
    }

    /// Publishes what the next samples give, if it is followed.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the source's rate.
    ///   - start: The place of the first; a gap before it begins a spectrogram anew.
    ///   - dates: Says when a sample was.
    mutating func process(_ samples: Span<Float>, at start: SampleTime, dates: StreamDates) {
        publishSound(samples)
        for (model, spectrogram) in live.spectrograms.enumerated() {
            guard spectrogram.columns.followerCount > 0 else {
                followed[model] = nil
                continue
            }
            if followed[model] == nil {
                // The same front end and rate are in use already, so that this does not fail.
                guard
                    let analysis = try? SpectrogramAnalysis(
                        spectrogram.layout,
                        sourceRateHz: sampleRateHz
                    )
                else {
                    spectrogram.columns.dismiss()
                    continue
                }
                followed[model] = Followed(analysis: analysis, start: start, end: start)
            }
            publish(samples, at: start, of: model, to: spectrogram.columns, dates)
        }
    }

    private mutating func publishSound(_ samples: Span<Float>) {
        guard live.sound.followerCount > 0 else {
            resampler = nil
            return
        }
        if resampler == nil {
            resampler = try? StreamingResampler(
                fromRateHz: sampleRateHz,
                toRateHz: live.soundRateHz
            )
        }
        guard let resampler else { return live.sound.dismiss() }
        resampled.removeAll(keepingCapacity: true)
        resampler.process(samples, appendingTo: &resampled)
        guard !resampled.isEmpty else { return }
        live.sound.publish(resampled.map(Self.integer))
    }

    /// A sample as an integer; NaN is silence, and what is too loud is cut off.
    private static func integer(_ sample: Float) -> Int16 {
        guard !sample.isNaN else { return 0 }
        return Int16(min(max((sample * 32_768).rounded(), -32_768), 32_767))
    }

    private mutating func publish(
        _ samples: Span<Float>,
        at start: SampleTime,
        of model: Int,
        to outlet: LiveOutlet<SpectrogramColumn>,
        _ dates: StreamDates
    ) {
        guard var current = followed[model] else { return }
        if current.end != start {
            current.analysis.reset()
            current.start = start
        }
        current.end = start + Int64(samples.count)
        followed[model] = current
        columns.removeAll(keepingCapacity: true)
        current.analysis.process(samples, appendingTo: &columns)
        for var column in columns {
            let offset = (column.startSeconds * Double(sampleRateHz)).rounded()
            column.startSeconds =
                dates.date(of: current.start + Int64(offset)).timeIntervalSince1970
            outlet.publish(column)
        }
    }
}
