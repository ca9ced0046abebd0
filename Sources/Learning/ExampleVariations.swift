@preconcurrency import Glibc
import ModelLibrary
import SoundDatasets

/// Variants of an example as a microphone might have heard it: at other moments of a window,
/// nearer and farther, in noise and with sounds of a room.
struct ExampleVariations {
    /// The windows of an example.
    struct Windows {
        /// Those of the clip itself.
        var own: EmbeddingRows
        /// Those of its variants.
        var varied: EmbeddingRows
    }

    private let embedder: WindowEmbedder
    /// Sound at the embedder's rate that is mixed in.
    private let background: [Float]
    private let variantCount: Int

    /// Windows that are looked at in each variant.
    private static let windowsPerVariant = 6
    /// The greatest gain against the clip, and the least, in dB.
    private static let gains: (least: Float, greatest: Float) = (-15, 6)

    init(_ embedder: WindowEmbedder, background: [Float], exampleCount: Int) {
        self.embedder = embedder
        self.background = background
        variantCount = max(3, min(12, 40 / exampleCount))
    }

    /// The windows of an example.
    ///
    /// - Parameters:
    ///   - clip: The example.
    ///   - seed: Where chance comes from.
    /// - Returns: Those of the clip and of its variants.
    /// - Throws: Why its rate can't be changed.
    func windows(of clip: ExampleClip, seed: UInt64) throws -> Windows {
        var random = SeededGenerator(seed: seed)
        let samples = padded(try clip.samples(atRate: embedder.sampleRateHz), &random)
        let places = self.places(in: samples)
        var windows = Windows(
            own: embedder.embeddings(
                of: samples,
                at: Self.spread(places, 2 * Self.windowsPerVariant)
            ),
            varied: EmbeddingRows(length: embedder.embedding.length)
        )
        for _ in 0..<variantCount {
            let chosen = random.permutation(places.count).prefix(Self.windowsPerVariant)
                .map { places[$0] }
            windows.varied.append(
                embedder.embeddings(of: varied(samples, &random), at: chosen.sorted())
            )
        }
        return windows
    }

    /// The clip with half a window of its own quiet before and after it, and at least a window long.
    private func padded(_ samples: [Float], _ random: inout SeededGenerator) -> [Float] {
        let blocks = SoundBlocks(samples, sampleRateHz: embedder.sampleRateHz)
        let level = max(-80, min(blocks.quietDBFS, blocks.peakDBFS - 30))
        let amplitude = Float(pow(10, level / 20))
        let missing = max(0, embedder.windowSamples - samples.count)
        let length = embedder.windowSamples / 2 + missing
        let quiet = (0..<2 * length).map { _ in amplitude * random.normal() }
        return quiet[..<length] + samples + quiet[length...]
    }

    /// The first frames of the windows that hold most of the sound.
    private func places(in samples: [Float]) -> [Int] {
        let blocks = SoundBlocks(samples, sampleRateHz: embedder.sampleRateHz)
        var sums = [0]
        for isSound in blocks.isSound { sums.append(sums[sums.count - 1] + (isSound ? 1 : 0)) }
        let last = (samples.count - embedder.windowSamples) / embedder.frameSamples
        // Places 40 ms apart.
        let step = max(1, embedder.sampleRateHz / 25 / embedder.frameSamples)
        let held = stride(from: 0, through: max(0, last), by: step).map { frame in
            let first = frame * embedder.frameSamples
            let end = min(sums.count - 1, (first + embedder.windowSamples) / blocks.blockSamples)
            return (frame, sums[end] - sums[min(end, first / blocks.blockSamples)])
        }
        let most = held.map(\.1).max() ?? 0
        return held.filter { Double($0.1) >= 0.8 * Double(most) }.map(\.0)
    }

    /// Some of the places, evenly.
    private static func spread(_ places: [Int], _ count: Int) -> [Int] {
        guard places.count > count else { return places }
        return (0..<count).map { places[$0 * places.count / count] }
    }

    /// The sound louder or softer, in noise or with something of a room.
    private func varied(_ samples: [Float], _ random: inout SeededGenerator) -> [Float] {
        let peak = samples.reduce(Float(1e-6)) { max($0, abs($1)) }
        let gain = min(
            pow(10, random.uniform(Self.gains.least, Self.gains.greatest) / 20),
            0.99 / peak
        )
        let loudest = SoundBlocks(samples, sampleRateHz: embedder.sampleRateHz).peakDBFS
        let level = gain * Float(pow(10, loudest / 20))
        let addition: [Float]
        if random.happens(0.5), background.count > samples.count {
            let start = random.index(below: background.count - samples.count)
            let part = Array(background[start..<start + samples.count])
            addition = Self.scaled(part, toRMS: level * pow(10, -random.uniform(8, 25) / 20))
        } else {
            let noise = Noise.make(
                samples.count,
                smoothing: random.uniform(0, 0.98),
                &random
            )
            addition = Self.scaled(noise, toRMS: level * pow(10, -random.uniform(10, 35) / 20))
        }
        return zip(samples, addition).map { gain * $0 + $1 }
    }

    private static func scaled(_ samples: [Float], toRMS rms: Float) -> [Float] {
        let power = samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(max(1, samples.count))
        guard power > 0 else { return samples }
        let factor = rms / power.squareRoot()
        return samples.map { $0 * factor }
    }
}

/// Noise as of air and machines.
enum Noise {
    /// Normal noise behind a low-pass of one pole.
    ///
    /// - Parameters:
    ///   - count: How many samples.
    ///   - smoothing: The pole, 0 for white noise, near 1 for a rumble.
    ///   - random: Where chance comes from.
    /// - Returns: The samples.
    static func make(
        _ count: Int,
        smoothing: Float,
        _ random: inout SeededGenerator
    ) -> [Float] {
        var state: Float = 0
        return (0..<count).map { _ in
            state = smoothing * state + (1 - smoothing) * (random.uniform() * 2 - 1)
            return state
        }
    }
}
