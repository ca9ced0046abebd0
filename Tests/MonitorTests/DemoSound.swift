import AudioFiles

/// The demo recording as samples: a minute of real sounds in a room, which many tests listen to.
enum DemoSound {
    static let durationSeconds = 60.0

    /// A clip of it, with the class that it is of.
    struct Clip {
        /// The class's name in `household-1`.
        let className: String
        let startSeconds: Double
        let endSeconds: Double
    }

    /// The clips in order of time.
    static let clips = [
        Clip(className: "dog_bark", startSeconds: 1.5, endSeconds: 4.5),
        Clip(className: "speech", startSeconds: 7, endSeconds: 9.6),
        Clip(className: "clock_tick", startSeconds: 12, endSeconds: 17),
        Clip(className: "sneeze", startSeconds: 19.5, endSeconds: 20.6),
        Clip(className: "baby_cry", startSeconds: 23.5, endSeconds: 28.5),
        Clip(className: "rain", startSeconds: 31, endSeconds: 35.5),
        Clip(className: "rooster", startSeconds: 38, endSeconds: 40.3),
        Clip(className: "chainsaw", startSeconds: 43, endSeconds: 48),
        Clip(className: "sneeze", startSeconds: 50, endSeconds: 53.5),
        Clip(className: "dog_bark", startSeconds: 55.5, endSeconds: 57),
    ]

    /// The samples at a rate in Hz.
    static func samples(rateHz: Int = 16_000) -> [Float] {
        do {
            let reader = try DemoRecording.open()
            var samples: [Float] = []
            while try reader.readMono(into: &samples, upTo: 65_536) > 0 {}
            guard rateHz != reader.sampleRateHz else { return samples }
            let resampler = try StreamingResampler(
                fromRateHz: reader.sampleRateHz,
                toRateHz: rateHz
            )
            var resampled: [Float] = []
            resampler.process(samples.span, appendingTo: &resampled)
            resampler.flush(appendingTo: &resampled)
            return resampled
        } catch {
            preconditionFailure("The demo recording cannot be read: \(error)")
        }
    }
}
