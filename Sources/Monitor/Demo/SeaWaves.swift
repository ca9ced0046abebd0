/// Surf: noise that swells and brightens as a wave breaks, and dulls as it runs out.
enum SeaWaves {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let swell: Contour = [(0, -24), (0.6, -8), (1.6, 0), (5.2, -7), (6, -24)]
        let brightness: Contour = [(0, -6), (1.6, 0), (6, -12)]
        var surf = NoiseBands(
            [
                (80, 80, -8), (200, 180, -4), (400, 300, 7), (700, 450, 6), (1_150, 650, -1.5),
                (1_900, 1_000, -4), (3_100, 1_600, -11), (5_000, 2_200, -15.5),
                (7_200, 2_500, -17.5),
            ],
            rateHz: rateHz
        )
        // The water does not fall evenly: about twice a second it is a little more or less.
        var unevenness = SceneFilter.bandPass(hz: 2, widthHz: 2, rateHz: rateHz)
        let evening = (rateHz / 4).squareRoot()
        return (0..<Int(6 * rateHz)).map { index in
            let time = Double(index) / rateHz
            if index % 64 == 0 {
                surf.tilt(decibels: brightness.value(at: time))
            }
            let splash = 1.3 * evening * unevenness.process(random.noise())
            return surf.next(random: &random)
                * Waveform.gain(decibels: swell.value(at: time) + splash)
        }
    }
}
