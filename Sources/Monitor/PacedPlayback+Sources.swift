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
        // Only the playing thread uses the reader; the lock satisfies the compiler.
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

    /// Plays the demo recording over and over.
    ///
    /// - Parameters:
    ///   - pace: How many times as fast as real time.
    ///   - producer: The ring's writing end.
    /// - Throws: `RecordingError` if the libraries here cannot decode it.
    convenience init(demoAtPace pace: Double, producer: consuming SampleProducer) throws {
        let first = try DemoRecording.open()
        let rateHz = first.sampleRateHz
        let seconds = first.durationSeconds ?? 0
        let playing = Mutex(first)
        self.init(
            sampleRateHz: rateHz,
            detail: "demo recording of \(Int(seconds)) s",
            pace: pace,
            producer: producer
        ) { count, samples in
            try playing.withLock { reader in
                guard try reader.readMono(into: &samples, upTo: count) == 0 else { return }
                reader = try DemoRecording.open()
                _ = try reader.readMono(into: &samples, upTo: count)
            }
        }
    }
}
