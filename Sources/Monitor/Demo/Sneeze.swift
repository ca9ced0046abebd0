/// A person who sneezes twice: a breath drawn in, a burst of noise, and the voice after it.
enum Sneeze {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        var samples: [Double] = []
        for pause in [0.55, 0.5] {
            samples += inhalation(rateHz: rateHz, random: &random)
            samples += burst(rateHz: rateHz, random: &random)
            samples += [Double](repeating: 0, count: Int(pause * rateHz))
        }
        var room = SceneRoom(decaySeconds: 0.35, decibels: -20, rateHz: rateHz)
        return samples.map { room.process($0) }
    }

    private static func inhalation(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let loudness: Contour = [(0, -50), (0.2, -30), (0.35, -24), (0.42, -45)]
        var voice = PulseOscillator()
        var tract = VocalTract(
            [(750, 200, 0), (1_250, 300, -3), (2_700, 500, -6)],
            rateHz: rateHz
        )
        return (0..<Int(0.45 * rateHz)).map { index in
            let time = Double(index) / rateHz
            let buzz = voice.next(hz: 210 + 120 * time, rateHz: rateHz)
            return tract.process(0.4 * buzz + random.noise())
                * Waveform.gain(decibels: loudness.value(at: time))
        }
    }

    private static func burst(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let hiss: Contour = [
            (0, -40), (0.012, 0), (0.09, -2), (0.16, -14), (0.3, -26), (0.42, -50),
        ]
        let voicing: Contour = [
            (0.05, -50), (0.1, -8), (0.2, -6), (0.32, -18), (0.42, -50),
        ]
        let pitch: Contour = [(0, 330), (0.15, 290), (0.42, 170)]
        var voice = PulseOscillator()
        var teeth = VocalTract(
            [(2_300, 900, -4), (3_600, 1_400, 0), (5_600, 2_200, 0)],
            rateHz: rateHz
        )
        var throat = VocalTract(
            [(520, 150, 0), (1_150, 250, -4), (2_500, 400, -12)],
            rateHz: rateHz
        )
        return (0..<Int(0.45 * rateHz)).map { index in
            let time = Double(index) / rateHz
            let buzz = voice.next(hz: pitch.value(at: time), rateHz: rateHz)
            return teeth.process(random.noise())
                * Waveform.gain(decibels: hiss.value(at: time))
                + throat.process(buzz + 0.2 * random.noise())
                * Waveform.gain(decibels: voicing.value(at: time))
        }
    }
}
