/// A crying baby: wails of a second, each with a gasp before it.
enum BabyCry {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        var samples: [Double] = []
        for length in [1.0, 1.25, 0.9, 1.1] {
            samples += gasp(rateHz: rateHz, random: &random)
            samples += wail(seconds: length, rateHz: rateHz, random: &random)
            samples += [Double](repeating: 0, count: Int(0.12 * rateHz))
        }
        return samples
    }

    private static func wail(
        seconds: Double,
        rateHz: Double,
        random: inout SceneRandom
    ) -> [Double] {
        let height = random.uniform(0.95...1.08)
        let pitch: Contour = [
            (0, 340 * height), (0.12, 470 * height), (0.4 * seconds, 510 * height),
            (0.75 * seconds, 460 * height), (seconds, 340 * height),
        ]
        let loudness: Contour = [
            (0, -40), (0.06, -6), (0.2, 0), (0.7 * seconds, -1), (0.9 * seconds, -12),
            (seconds, -45),
        ]
        var source = PulseOscillator()
        var tract = VocalTract(
            [
                (1_050, 250, 0), (1_600, 300, -4), (3_200, 500, -5), (4_600, 700, -12),
                (6_500, 1_500, -20),
            ],
            rateHz: rateHz
        )
        let count = Int(seconds * rateHz)
        return (0..<count).map { index in
            let time = Double(index) / rateHz
            let tremor = 1 + 0.02 * Waveform.sine(turns: 6.5 * time) + 0.004 * random.noise()
            let buzz = source.next(hz: pitch.value(at: time) * tremor, rateHz: rateHz)
            return tract.process(buzz + 0.05 * random.noise())
                * Waveform.gain(decibels: loudness.value(at: time))
        }
    }

    private static func gasp(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let loudness: Contour = [(0, -50), (0.15, -26), (0.2, -50)]
        var tract = VocalTract(
            [(1_200, 400, 0), (2_800, 600, 0), (4_800, 1_200, -4)],
            rateHz: rateHz
        )
        return (0..<Int(0.2 * rateHz)).map { index in
            tract.process(random.noise())
                * Waveform.gain(decibels: loudness.value(at: Double(index) / rateHz))
        }
    }
}
