import AudioFiles
import SoundDatasets

/// Reads recordings at the soundscapes' rate.
struct SoundLoader {
    /// The rate, in Hz.
    let sampleRateHz: Int

    /// Reads a recording, at most so many seconds of it.
    func samples(of path: String, upToSeconds limit: Double) throws -> [Float] {
        let reader = try RecordingReader(path: path)
        let resampler = try StreamingResampler(
            fromRateHz: reader.sampleRateHz,
            toRateHz: sampleRateHz
        )
        var samples: [Float] = []
        var block: [Float] = []
        let wanted = Int(limit * Double(sampleRateHz))
        while samples.count < wanted {
            block.removeAll(keepingCapacity: true)
            guard try reader.readMono(into: &block, upTo: 1 << 15) > 0 else { break }
            resampler.process(block.span, appendingTo: &samples)
        }
        if let truncation = reader.truncation { throw RecordingError.incomplete(truncation) }
        if samples.count < wanted { resampler.flush(appendingTo: &samples) }
        return Array(samples.prefix(wanted))
    }

    /// The part of a recording between its silent ends.
    ///
    /// A block of 10 ms belongs to it if it is within 30 dB of the loudest.
    ///
    /// - Throws: `silent` where there is no such part.
    func activePart(of path: String, upToSeconds limit: Double) throws -> [Float] {
        let samples = try samples(of: path, upToSeconds: 600)
        let block = sampleRateHz / 100
        let energies = stride(from: 0, to: samples.count, by: block).map { start in
            SoundEnergy.meanSquare(samples[start..<min(start + block, samples.count)])
        }
        let floor = (energies.max() ?? 0) / 1_000
        guard floor > 0, let first = energies.firstIndex(where: { $0 >= floor }),
            let last = energies.lastIndex(where: { $0 >= floor })
        else { throw ComposeError.silent(path: path) }
        let end = min(samples.count, (last + 1) * block)
        return Array(samples[first * block..<end].prefix(Int(limit * Double(sampleRateHz))))
    }
}
