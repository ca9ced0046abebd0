/// A chainsaw: a two-stroke engine that is opened up, cuts, and falls back.
enum Chainsaw {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let speed: Contour = [
            (0, 80), (0.3, 150), (1.6, 172), (1.9, 150), (3.2, 158), (3.6, 180), (4.5, 175),
            (5, 90),
        ]
        let throttle: Contour = [(0, -14), (0.3, -2), (1.6, 0), (4.5, 0), (5, -14)]
        var engine = PulseOscillator()
        var chain = PulseOscillator()
        var muffler = VocalTract(
            [
                (250, 150, 0), (620, 250, 0), (1_300, 500, -1), (2_600, 900, -4),
                (4_200, 1_500, -8), (6_500, 2_000, -14),
            ],
            rateHz: rateHz
        )
        return (0..<Int(5 * rateHz)).map { index in
            let time = Double(index) / rateHz
            let hz = speed.value(at: time) * (1 + 0.03 * random.noise())
            let firing = engine.next(hz: hz, rateHz: rateHz)
            let teeth = chain.next(hz: 6.1 * hz, rateHz: rateHz)
            let input = firing * (1 + 0.5 * random.noise()) + 0.2 * teeth + 0.3 * random.noise()
            return muffler.process(input) * Waveform.gain(decibels: throttle.value(at: time))
        }
    }
}
