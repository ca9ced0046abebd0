/// A helicopter overhead: the slap of its blades and the noise of the air that they cut.
enum Helicopter {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let bladesPerSecond = 13.0
        var slap = SceneFilter.lowPass(hz: 110, quality: 1.5, rateHz: rateHz)
        var air = NoiseBands(
            [
                (70, 60, 14), (150, 120, 10), (300, 220, 4), (550, 350, -1), (950, 550, -5),
                (1_600, 900, -9), (2_800, 1_500, -15), (4_800, 2_200, -22), (7_200, 2_500, -30),
            ],
            rateHz: rateHz
        )
        let distance: Contour = [(0, -12), (1, -3), (2.5, 0), (4, -3), (5, -12)]
        return (0..<Int(5 * rateHz)).map { index in
            let time = Double(index) / rateHz
            let turn = time * bladesPerSecond
            let phase = turn - turn.rounded(.down)
            // The pressure of a passing blade: a short push, then the wake.
            let push = Waveform.exponential(-phase * 5)
            let sum =
                air.next(random: &random) * (0.3 + push)
                + 6 * slap.process(push * (1 + 0.3 * random.noise()))
            return sum * Waveform.gain(decibels: distance.value(at: time))
        }
    }
}
