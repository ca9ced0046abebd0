/// A wood fire: crackles of all sizes at random moments over a soft roar.
enum CracklingFire {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        var roar = NoiseBands(
            [
                (80, 80, -23), (200, 180, -48), (450, 350, -49), (1_000, 700, -60),
                (2_200, 1_500, -47), (4_500, 2_500, -58),
            ],
            rateHz: rateHz
        )
        var samples = (0..<Int(5 * rateHz)).map { _ in roar.next(random: &random) }
        for index in samples.indices where random.happens(perSecond: 22, atRate: rateHz) {
            crackle(at: index, rateHz: rateHz, random: &random, into: &samples)
        }
        return samples
    }

    /// One fibre that bursts: a click of a few milliseconds, most of them faint.
    private static func crackle(
        at first: Int,
        rateHz: Double,
        random: inout SceneRandom,
        into samples: inout [Double]
    ) {
        let loudness = Waveform.gain(decibels: -random.uniform(0...45))
        let decay = random.uniform(0.0006...0.0045)
        var fibre = SceneFilter.bandPass(
            hz: random.uniform(1_200...7_000),
            widthHz: random.uniform(1_500...8_000),
            rateHz: rateHz
        )
        for offset in 0..<Int(10 * decay * rateHz) where first + offset < samples.count {
            let envelope = Waveform.exponential(-Double(offset) / (decay * rateHz))
            samples[first + offset] += loudness * envelope * fibre.process(random.noise())
        }
    }
}
