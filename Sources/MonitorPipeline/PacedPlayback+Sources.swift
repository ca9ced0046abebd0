import AudioFiles
import RealtimeSupport
import Synchronization

extension PacedPlayback {
    /// Plays a recording once.
    ///
    /// - Throws: When the file is not a recording.
    convenience init(recording path: String, producer: consuming SampleProducer) throws {
        let reader = try RecordingReader(path: path)
        // The playing thread alone uses the reader; the lock only says so to the compiler.
        let playing = Mutex(reader)
        self.init(
            sampleRateHz: reader.sampleRateHz, detail: "recording \(path)", producer: producer
        ) { count, samples in
            _ = try playing.withLock { try $0.readMono(into: &samples, upTo: count) }
        }
    }
}
