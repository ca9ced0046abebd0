import AudioFiles
import Realtime
import Synchronization

extension PacedPlayback {
    /// Plays a recording once; one of which a part is missing fails at its end.
    ///
    /// - Throws: When the file is not a recording, or has no such channel.
    convenience init(
        recording path: String,
        channel: RecordingChannel = .mix,
        pace: Double = 1,
        producer: consuming SampleProducer
    ) throws {
        let reader = try RecordingReader(path: path, channel: channel)
        // The playing thread alone uses the reader; the lock only says so to the compiler.
        let playing = Mutex(reader)
        self.init(
            sampleRateHz: reader.sampleRateHz,
            detail: "recording \(path)",
            pace: pace,
            producer: producer
        ) { count, samples in
            try playing.withLock { reader in
                guard try reader.readMono(into: &samples, upTo: count) == 0 else { return }
                if let truncation = reader.truncation {
                    throw RecordingError.incomplete(truncation)
                }
            }
        }
    }

    /// Plays the demo scene over and over.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the scene in Hz, at least 16,000.
    ///   - pace: How many times as fast as real time.
    ///   - producer: The ring's writing end.
    convenience init(
        demoAtRateHz rateHz: Int,
        pace: Double = 1,
        producer: consuming SampleProducer
    ) {
        let scene = DemoScene.make(sampleRateHz: rateHz)
        let position = Mutex(0)
        self.init(
            sampleRateHz: rateHz,
            detail: "demo scene of \(Int(DemoScene.durationSeconds)) s",
            pace: pace,
            producer: producer
        ) { count, samples in
            position.withLock { position in
                let end = min(position + count, scene.count)
                samples.append(contentsOf: scene[position..<end])
                position = end == scene.count ? 0 : end
            }
        }
    }
}
