/// Steady rain: the hiss of far drops, and near ones that can be told apart.
enum Rain {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let count = Int(5 * rateHz)
        var far = NoiseBands(
            [
                (120, 150, 3), (300, 250, 0.5), (600, 400, 1), (1_100, 600, -1.5),
                (1_900, 1_000, -2), (3_200, 1_600, 0), (5_000, 2_200, -3.5), (7_200, 2_500, -2),
            ],
            rateHz: rateHz
        )
        var samples = (0..<count).map { _ in far.next(random: &random) }
        for index in samples.indices where random.happens(perSecond: 70, atRate: rateHz) {
            drop(at: index, rateHz: rateHz, random: &random, into: &samples)
        }
        return samples
    }

    /// One near drop: a splash, and the bubble that it leaves, ringing.
    private static func drop(
        at first: Int,
        rateHz: Double,
        random: inout SceneRandom,
        into samples: inout [Double]
    ) {
        let loudness = Waveform.gain(decibels: random.uniform(3...13))
        let decay = random.uniform(0.0005...0.04)
        let hz = random.uniform(1_900...5_400)
        for offset in 0..<Int(6 * decay * rateHz) where first + offset < samples.count {
            let envelope = Waveform.exponential(-Double(offset) / (decay * rateHz))
            let tone = Waveform.sine(turns: hz * Double(offset) / rateHz)
            samples[first + offset] += loudness * envelope * (0.22 * tone + 0.7 * random.noise())
        }
    }
}
