/// A rooster: four notes, the third the highest, the last long and falling.
enum RoosterCrow {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let pitch: Contour = [
            (0, 420), (0.06, 560), (0.2, 560), (0.24, 480), (0.28, 700), (0.42, 740), (0.47, 640),
            (0.52, 850), (0.8, 900), (0.85, 760), (0.92, 840), (1.5, 800), (1.9, 620), (2.05, 430),
        ]
        let loudness: Contour = [
            (0, -40), (0.03, -8), (0.2, -8), (0.235, -35), (0.27, -5), (0.43, -5), (0.48, -30),
            (0.53, 0), (0.8, 0), (0.86, -12), (0.93, 0), (1.5, -1), (1.95, -12), (2.08, -50),
            (2.1, -100),
        ]
        var source = PulseOscillator()
        var tract = VocalTract(
            [
                (900, 500, -4), (1_750, 500, 0), (2_900, 600, -2), (4_200, 900, -8),
                (6_000, 1_500, -16),
            ],
            rateHz: rateHz
        )
        let count = Int(2.4 * rateHz)
        var room = SceneRoom(decaySeconds: 0.35, decibels: -20, rateHz: rateHz)
        return (0..<count).map { index in
            let time = Double(index) / rateHz
            let tremor = 1 + 0.012 * Waveform.sine(turns: 21 * time) + 0.006 * random.noise()
            let buzz = source.next(hz: pitch.value(at: time) * tremor, rateHz: rateHz)
            let input = buzz + 0.12 * random.noise()
            let voice = tract.process(input) * Waveform.gain(decibels: loudness.value(at: time))
            return room.process(voice)
        }
    }
}
