import Foundation

/// A sound that is computed: what no recording is needed for, so that a network knows it.
package struct SyntheticSound: Equatable, Sendable {
    /// What is computed.
    package enum Kind: String, CaseIterable, Sendable {
        /// Tones, beeps, sweeps, dialling and buzzing.
        case tones
        /// Noise of any colour, steady or swelling, and clicks.
        case noise
    }

    /// What is computed.
    package var kind: Kind
    /// Which of them; each is different, and the same on every machine.
    package var number: Int

    /// Creates a sound.
    package init(_ kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }

    /// How long every sound lasts.
    static let seconds: Float = 4

    /// The sound, with its loudest sample at 0.05 to 0.5.
    package func samples(rateHz: Int) -> [Float] {
        var generator = SeededGenerator(seed: kind == .tones ? 11 : 12, number)
        let count = Int(Self.seconds * Float(rateHz))
        var samples =
            kind == .tones
            ? tones(count, Float(rateHz), &generator) : noise(count, Float(rateHz), &generator)
        let loudest = samples.reduce(0) { max($0, abs($1)) }
        let level = 0.05 * pow(10, generator.uniform()) / max(loudest, 1e-9)
        for index in samples.indices { samples[index] *= level }
        return samples
    }

    /// A few partials whose pitch may glide or wobble, keyed on and off.
    private func tones(
        _ count: Int,
        _ rate: Float,
        _ generator: inout SeededGenerator
    ) -> [Float] {
        let base = 100 * pow(40, generator.uniform())
        let partials = generator.happens(0.4) ? 1 : 2 + generator.index(below: 6)
        let isDialling = generator.happens(0.15)
        let fall = generator.uniform(0.3, 1)
        let glide = generator.happens(0.3) ? generator.uniform(-1, 1) : 0
        let wobble = generator.happens(0.3) ? generator.uniform(0.02, 0.4) : 0
        let wobbleHertz = generator.uniform(0.3, 12)
        let keying = Keying(&generator)
        var phases = [Float](repeating: 0, count: partials)
        return (0..<count).map { index in
            let time = Float(index) / rate
            let swing = sin(2 * Float.pi * wobbleHertz * time)
            let pitch = base * pow(2, glide * time / Self.seconds + wobble * swing)
            var sum: Float = 0
            for partial in 0..<partials {
                let ratio = isDialling ? 1 + 0.31 * Float(partial) : Float(partial + 1)
                let hertz = pitch * ratio
                guard hertz < rate * 0.45 else { break }
                phases[partial] += 2 * .pi * hertz / rate
                if phases[partial] > 2 * .pi { phases[partial] -= 2 * .pi }
                sum += pow(fall, Float(partial)) * sin(phases[partial])
            }
            return sum * keying.loudness(at: time)
        }
    }

    /// White noise through one pole, swelling, or clicks.
    private func noise(
        _ count: Int,
        _ rate: Float,
        _ generator: inout SeededGenerator
    ) -> [Float] {
        let isClicks = generator.happens(0.2)
        let density = generator.uniform(2, 60) / rate
        let pole = generator.happens(0.25) ? 0 : generator.uniform(0.3, 0.995)
        let isHigh = generator.happens(0.25) && pole > 0
        let depth = generator.happens(0.5) ? generator.uniform(0.3, 1) : 0
        let swellHertz = generator.uniform(0.1, 8)
        var low: Float = 0
        return (0..<count).map { index in
            let white =
                isClicks && !generator.happens(density) ? 0 : generator.uniform(-1, 1)
            low = pole * low + (1 - pole) * white
            let swell = sin(2 * Float.pi * swellHertz * Float(index) / rate)
            return (isHigh ? white - low : low) * (1 + depth * swell)
        }
    }

    /// When a tone sounds.
    private struct Keying {
        private let period: Float
        private let share: Float
        private let attack: Float

        init(_ generator: inout SeededGenerator) {
            let isKeyed = generator.happens(0.6)
            period = isKeyed ? 0.1 * pow(20, generator.uniform()) : 100
            share = isKeyed ? generator.uniform(0.2, 0.8) : 1
            attack = generator.uniform(0.002, 0.03)
        }

        func loudness(at time: Float) -> Float {
            let place = time.truncatingRemainder(dividingBy: period)
            let left = share * period - place
            return max(0, min(1, min(place, left) / attack))
        }
    }
}
