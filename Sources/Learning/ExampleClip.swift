import AudioFiles
@preconcurrency import Glibc

/// A recording of the sound that is to be learnt.
package struct ExampleClip: Sendable {
    /// What messages call it: its path, or the event's number.
    package let name: String
    /// Mono, ±1, at ``sampleRateHz``.
    package let samples: [Float]
    /// Their rate in Hz.
    package let sampleRateHz: Int

    /// The shortest clip and the longest, in seconds.
    private static let seconds = 0.1...30.0
    /// A clip whose loudest 10 ms are below this holds nothing.
    private static let silenceDBFS = -70.0

    /// Takes samples over.
    ///
    /// - Throws: That they are too short, too long or silent.
    package init(
        name: String,
        samples: [Float],
        sampleRateHz: Int
    ) throws(LearningError) {
        let seconds = Double(samples.count) / Double(sampleRateHz)
        guard seconds >= Self.seconds.lowerBound else {
            throw .tooShort(name: name, seconds: seconds)
        }
        guard seconds <= Self.seconds.upperBound else {
            throw .tooLong(name: name, seconds: seconds)
        }
        let peak = SoundBlocks(samples, sampleRateHz: sampleRateHz).peakDBFS
        guard peak >= Self.silenceDBFS else { throw .silent(name: name, peakDBFS: peak) }
        self.name = name
        self.samples = samples
        self.sampleRateHz = sampleRateHz
    }

    /// Reads a recording, or the part of it that an event fills.
    ///
    /// - Parameters:
    ///   - path: The recording's path.
    ///   - name: What messages call it.
    ///   - part: The part in seconds; nil: all of it.
    /// - Throws: Why it can't be read, or ``LearningError``.
    package init(path: String, name: String, part: ClosedRange<Double>? = nil) throws {
        let reader = try RecordingReader(path: path)
        let rate = reader.sampleRateHz
        var samples: [Float] = []
        // One block more than is allowed shows that it is too long.
        let most = Int(((part?.upperBound ?? Self.seconds.upperBound) + 1) * Double(rate))
        while samples.count < most,
            try reader.readMono(into: &samples, upTo: min(1 << 15, most - samples.count)) > 0
        {}
        if let part {
            let first = min(samples.count, max(0, Int(part.lowerBound * Double(rate))))
            let end = min(samples.count, max(first, Int(part.upperBound * Double(rate))))
            samples = Array(samples[first..<end])
        }
        try self.init(name: name, samples: samples, sampleRateHz: rate)
    }

    /// Writes the clip as FLAC.
    package func write(to path: String) throws {
        let writer = try RecordingWriter(path: path, format: .flac16, sampleRateHz: sampleRateHz)
        try writer.write(samples.span)
        try writer.finish()
    }

    /// The samples at another rate.
    package func samples(atRate rateHz: Int) throws -> [Float] {
        try Self.resampled(samples, sampleRateHz, rateHz)
    }

    /// Samples at another rate.
    static func resampled(_ samples: [Float], _ fromHz: Int, _ toHz: Int) throws -> [Float] {
        guard fromHz != toHz else { return samples }
        let resampler = try StreamingResampler(fromRateHz: fromHz, toRateHz: toHz)
        var output: [Float] = []
        resampler.process(samples.span, appendingTo: &output)
        resampler.flush(appendingTo: &output)
        return output
    }
}

/// The levels of a sound's blocks of 10 ms.
struct SoundBlocks {
    /// RMS in dBFS of each block.
    let levels: [Double]
    let blockSamples: Int

    private static let floorDBFS = -120.0

    init(_ samples: [Float], sampleRateHz: Int) {
        let length = max(1, sampleRateHz / 100)
        blockSamples = length
        levels = stride(from: 0, to: samples.count, by: length).map { start in
            let block = samples[start..<min(start + length, samples.count)]
            let power = block.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(block.count)
            return power > 0 ? max(Self.floorDBFS, 10 * log10(power)) : Self.floorDBFS
        }
    }

    /// The level of the loudest block.
    var peakDBFS: Double { levels.max() ?? Self.floorDBFS }

    /// The level that a tenth of the blocks are below.
    var quietDBFS: Double {
        levels.isEmpty ? Self.floorDBFS : levels.sorted()[levels.count / 10]
    }

    /// Whether each block is part of the sound: at most 20 dB below its loudest.
    var isSound: [Bool] {
        let threshold = peakDBFS - 20
        return levels.map { $0 >= threshold }
    }
}
