/// Noise with a spectrum of one's own: bands side by side, each with noise of its own, so that
/// neighbours add up instead of cancelling.
struct NoiseBands {
    /// A band's centre, its width and its level.
    typealias Band = (hz: Double, widthHz: Double, decibels: Double)

    private var filters: [SceneFilter]
    private let levels: [Double]
    private var gains: [Double]

    /// Builds the bands, from the lowest to the highest.
    init(_ bands: [Band], rateHz: Double) {
        filters = bands.map { .bandPass(hz: $0.hz, widthHz: $0.widthHz, rateHz: rateHz) }
        levels = bands.map(\.decibels)
        gains = levels.map { Waveform.gain(decibels: $0) }
    }

    /// Makes the sound brighter or duller: adds a gain that grows evenly from 0 dB in the lowest
    /// band to `decibels` in the highest.
    mutating func tilt(decibels: Double) {
        for index in levels.indices {
            let share = Double(index) / Double(max(levels.count - 1, 1))
            gains[index] = Waveform.gain(decibels: levels[index] + decibels * share)
        }
    }

    /// The next sample.
    mutating func next(random: inout SceneRandom) -> Double {
        var sum = 0.0
        for index in filters.indices {
            sum += gains[index] * filters[index].process(random.noise())
        }
        return sum
    }
}
