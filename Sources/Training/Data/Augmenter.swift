import Foundation
import SoundDatasets

/// Changes patches of band powers as rooms, microphones and other sounds would.
struct Augmenter: Sendable {
    let settings: AugmentationSettings
    let bandCount: Int
    /// Seconds from frame to frame.
    let frameSeconds: Float

    /// Changes a patch [frames, bands].
    func apply(to patch: inout [Float], _ generator: inout SeededGenerator) {
        if generator.happens(settings.reverbProbability) { reverberate(&patch, &generator) }
        var gains = [Float](repeating: 0, count: bandCount)
        if generator.happens(settings.equalizerProbability) { equalize(&gains, &generator) }
        if generator.happens(settings.bandLimitProbability) { limitBands(&gains, &generator) }
        scaleBands(of: &patch, byDB: gains)
        if generator.happens(settings.noiseProbability) { addNoise(to: &patch, &generator) }
        let gain = generator.uniform(-settings.gainDB, settings.gainDB)
        if settings.gainDB > 0 {
            scaleBands(of: &patch, byDB: [Float](repeating: gain, count: bandCount))
        }
    }

    /// Multiplies each band's power.
    func scaleBands(of patch: inout [Float], byDB gains: [Float]) {
        let factors = gains.map { pow(10, $0 / 10) }
        for start in stride(from: 0, to: patch.count, by: bandCount) {
            for band in 0..<bandCount { patch[start + band] *= factors[band] }
        }
    }

    /// Adds an exponential tail of the past to each frame.
    func reverberate(_ patch: inout [Float], _ generator: inout SeededGenerator) {
        let seconds = generator.uniform(settings.reverbSeconds)
        let level = pow(10, generator.uniform(settings.reverbLevelDB) / 10)
        let decay = pow(10, -6 * frameSeconds / seconds)
        var tail = [Float](repeating: 0, count: bandCount)
        for start in stride(from: 0, to: patch.count, by: bandCount) {
            for band in 0..<bandCount {
                let direct = patch[start + band]
                patch[start + band] = direct + level * tail[band]
                tail[band] = decay * tail[band] + (1 - decay) * direct
            }
        }
    }

    /// Puts another patch under this one.
    ///
    /// - Returns: How much louder this one is, in dB.
    @discardableResult
    func addBackground(
        _ background: [Float],
        to patch: inout [Float],
        _ generator: inout SeededGenerator
    ) -> Float {
        let ratio = generator.uniform(settings.backgroundRatioDB)
        let (power, under) = (patch.reduce(0, +), background.reduce(0, +))
        guard under > 0 else { return .infinity }
        let factor = pow(10, -ratio / 10) * power / under
        for index in patch.indices { patch[index] += factor * background[index] }
        return ratio
    }

    /// A microphone's response: a tilt, a smooth curve, and roll-offs at both ends.
    func equalize(_ gains: inout [Float], _ generator: inout SeededGenerator) {
        let tilt = generator.uniform(-settings.tiltDB, settings.tiltDB)
        let points = (0..<7).map { _ in generator.normal() * settings.curveDeviationDB }
        let last = Float(max(bandCount - 1, 1))
        for band in 0..<bandCount {
            let place = Float(band) / last
            let step = min(Int(place * 6), 5)
            let share = place * 6 - Float(step)
            gains[band] +=
                tilt * (2 * place - 1) + points[step] * (1 - share) + points[step + 1] * share
        }
        // Written for 64 bands; slopes in dB a band.
        let width = Float(bandCount) / 64
        if generator.happens(settings.rollOffProbability) {
            let corner = generator.uniform(0, 14) * width
            let slope = generator.uniform(0.3, 2) / width
            for band in 0..<bandCount where Float(band) < corner {
                gains[band] -= (corner - Float(band)) * slope
            }
        }
        if generator.happens(settings.rollOffProbability) {
            let corner = generator.uniform(46, 64) * width
            let slope = generator.uniform(0.3, 2) / width
            for band in 0..<bandCount where Float(band) > corner {
                gains[band] -= (Float(band) - corner) * slope
            }
        }
    }

    /// A telephone's or cheap microphone's band: steep ends.
    func limitBands(_ gains: inout [Float], _ generator: inout SeededGenerator) {
        let highest = generator.uniform(settings.bandLimitShare) * Float(bandCount)
        let lowest = generator.happens(1 / 3) ? generator.uniform(2, 8) * Float(bandCount) / 64 : 0
        for band in 0..<bandCount {
            let place = Float(band)
            if place > highest { gains[band] -= min((place - highest) * 8, 90) }
            if place < lowest { gains[band] -= (lowest - place) * 5 }
        }
    }

    /// Adds a noise: coloured, coming and going, or a hum.
    func addNoise(to patch: inout [Float], _ generator: inout SeededGenerator) {
        let mean = patch.reduce(0, +) / Float(max(patch.count, 1))
        let level = mean * pow(10, -generator.uniform(settings.noiseRatioDB) / 10)
        let kind = generator.uniform()
        let shape = kind < 0.85 ? colour(&generator) : hum(&generator)
        let total = shape.reduce(0, +) / Float(bandCount)
        let depth: Float = kind >= 0.6 && kind < 0.85 ? generator.uniform(0.5, 1) : 0
        let rate = generator.uniform(0.5, 8) * 2 * .pi * frameSeconds
        var phase = generator.uniform(0, 2 * .pi)
        for start in stride(from: 0, to: patch.count, by: bandCount) {
            let envelope = level / max(total, 1e-20) * (1 + depth * sin(phase))
            phase += rate
            for band in 0..<bandCount where shape[band] > 0 {
                // The mean of three exponential powers: a band holds a few bins.
                let product =
                    (1 - generator.uniform()) * (1 - generator.uniform())
                    * (1 - generator.uniform())
                patch[start + band] += envelope * shape[band] * -log(max(product, 1e-30)) / 3
            }
        }
    }

    private func colour(_ generator: inout SeededGenerator) -> [Float] {
        let slope = generator.uniform(-30, 10)
        let points = (0..<5).map { _ in generator.normal() * 4 }
        return (0..<bandCount).map { band in
            let place = Float(band) / Float(max(bandCount - 1, 1))
            let step = min(Int(place * 4), 3)
            let share = place * 4 - Float(step)
            let curve = points[step] * (1 - share) + points[step + 1] * share
            return pow(10, (slope * place + curve) / 10)
        }
    }

    private func hum(_ generator: inout SeededGenerator) -> [Float] {
        let spacing = generator.uniform(2, 6) * Float(bandCount) / 64
        let fall = generator.uniform(1, 4)
        var shape = [Float](repeating: 0, count: bandCount)
        var harmonic: Float = 0
        while harmonic * spacing < Float(bandCount) {
            shape[min(Int(harmonic * spacing), bandCount - 1)] += pow(10, -fall * harmonic / 10)
            harmonic += 1
        }
        return shape
    }

    /// Masks stretches of an input with what is usual there (Park and others, 2019).
    func mask(
        _ input: inout MutableSpan<Float>,
        frames: Int,
        isFramesByBands: Bool,
        _ generator: inout SeededGenerator
    ) {
        let planes = input.count / max(frames * bandCount, 1)
        func blank(_ range: Range<Int>, isTime: Bool, _ input: inout MutableSpan<Float>) {
            for frame in isTime ? range : 0..<frames {
                for band in isTime ? 0..<bandCount : range {
                    let place =
                        isFramesByBands ? frame * bandCount + band : band * frames + frame
                    for plane in 0..<planes { input[plane * frames * bandCount + place] = 0 }
                }
            }
        }
        for _ in 0..<settings.timeMasks {
            let range = stretch(of: frames, limit: settings.timeMaskFrames, &generator)
            blank(range, isTime: true, &input)
        }
        for _ in 0..<settings.bandMasks {
            let range = stretch(of: bandCount, limit: settings.bandMaskBands, &generator)
            blank(range, isTime: false, &input)
        }
    }

    private func stretch(
        of count: Int,
        limit: Int,
        _ generator: inout SeededGenerator
    ) -> Range<Int> {
        let length = generator.index(below: min(limit, count) + 1)
        let start = generator.index(below: count - length + 1)
        return start..<start + length
    }
}

extension SeededGenerator {
    /// A number of a range.
    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        uniform(range.lowerBound, range.upperBound)
    }
}
