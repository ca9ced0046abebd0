import AudioFiles
import Foundation

/// A recording in memory.
struct Sound {
    /// Mono, ±1.
    let samples: [Float]
    /// Seconds to the first 10 ms above -40 dBFS.
    let onsetSeconds: Double

    /// Reads a recording at a rate.
    init(of recording: URL, rateHz: Int) throws {
        let reader = try RecordingReader(path: recording.path)
        var recorded: [Float] = []
        while try reader.readMono(into: &recorded, upTo: 1 << 16) > 0 {}
        let resampler = try StreamingResampler(fromRateHz: reader.sampleRateHz, toRateHz: rateHz)
        var samples: [Float] = []
        resampler.process(recorded.span, appendingTo: &samples)
        resampler.flush(appendingTo: &samples)
        let block = rateHz / 100
        let loud = stride(from: 0, to: samples.count - block, by: block).first { start in
            samples[start..<start + block].reduce(0) { $0 + $1 * $1 } / Float(block) > 1e-4
        }
        self.samples = samples
        onsetSeconds = Double(loud ?? 0) / Double(rateHz)
    }
}
