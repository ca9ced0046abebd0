/// A medium-sized dog: hoarse barks in twos.
///
/// A bark is a fifth of a second of a buzz that rises and falls by half an octave, roughened by
/// noise, through the resonances of a long mouth that opens and closes.
enum DogBark {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        var samples: [Double] = []
        for pause in [0.25, 0.65, 0.25, 0.7, 0.22, 0.5] {
            samples += bark(rateHz: rateHz, random: &random)
            samples += [Double](repeating: 0, count: Int(pause * rateHz))
        }
        var room = SceneRoom(decaySeconds: 0.35, decibels: -20, rateHz: rateHz)
        return samples.map { room.process($0) }
    }

    private static func bark(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let seconds = random.uniform(0.17...0.22)
        let height = random.uniform(0.94...1.06)
        let pitch: Contour = [
            (0, 420 * height), (0.05, 640 * height), (0.1, 600 * height),
            (seconds, 330 * height),
        ]
        let loudness: Contour = [
            (0, -40), (0.015, -6), (0.05, 0), (0.11, -2), (seconds - 0.02, -16), (seconds, -45),
        ]
        let opening: Contour = [(0, 0), (0.06, 1), (seconds, 0.1)]
        var source = PulseOscillator()
        var tract = VocalTract(mouth(opening: 0), rateHz: rateHz)
        let count = Int(seconds * rateHz)
        return (0..<count).map { index in
            let time = Double(index) / rateHz
            if index % 32 == 0 {
                tract.tune(mouth(opening: opening.value(at: time)), rateHz: rateHz)
            }
            let hz = pitch.value(at: time) * (1 + 0.02 * random.noise())
            let buzz = source.next(hz: hz, rateHz: rateHz)
            let input = buzz * (1 + 0.3 * random.noise()) + 0.25 * random.noise()
            return tract.process(input) * Waveform.gain(decibels: loudness.value(at: time))
        }
    }

    private static func mouth(opening: Double) -> [VocalTract.Formant] {
        [
            (550 + 450 * opening, 250, 0), (1_300 + 500 * opening, 350, -3),
            (2_600 + 300 * opening, 500, -12), (3_900, 900, -20), (6_000, 2_000, -28),
        ]
    }
}
