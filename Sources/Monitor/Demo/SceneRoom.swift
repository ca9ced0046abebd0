/// A small room around a sound: its early echoes run together into a short tail.
///
/// Four feedback combs side by side, then two all-pass filters (M. R. Schroeder, "Natural
/// sounding artificial reverberation", 1962), with delays scaled to the sample rate.
struct SceneRoom {
    private var combs: [Delay]
    private var diffusers: [Delay]
    private let wet: Double

    /// Builds the room.
    ///
    /// - Parameters:
    ///   - decaySeconds: How long the tail takes to fall by 60 dB.
    ///   - decibels: The level of the echoes relative to the sound.
    ///   - rateHz: The sample rate.
    init(decaySeconds: Double, decibels: Double, rateHz: Double) {
        combs = [0.0297, 0.0371, 0.0411, 0.0437].map { delay in
            let feedback = Waveform.gain(decibels: -60 * delay / decaySeconds)
            return Delay(seconds: delay, feedback: feedback, rateHz: rateHz)
        }
        diffusers = [0.005, 0.0017].map { Delay(seconds: $0, feedback: 0.7, rateHz: rateHz) }
        wet = Waveform.gain(decibels: decibels)
    }

    /// Takes one sample in and gives it back with its echoes.
    mutating func process(_ input: Double) -> Double {
        var echo = 0.0
        for index in combs.indices {
            echo += combs[index].comb(input)
        }
        for index in diffusers.indices {
            echo = diffusers[index].allPass(echo)
        }
        return input + wet * echo
    }

    /// A line of past samples with a way back to its beginning.
    private struct Delay {
        private var line: [Double]
        private var position = 0
        private let feedback: Double

        init(seconds: Double, feedback: Double, rateHz: Double) {
            line = [Double](repeating: 0, count: max(1, Int(seconds * rateHz)))
            self.feedback = feedback
        }

        mutating func comb(_ input: Double) -> Double {
            let output = line[position]
            store(input + feedback * output)
            return output
        }

        mutating func allPass(_ input: Double) -> Double {
            let past = line[position]
            let kept = input + feedback * past
            store(kept)
            return past - feedback * kept
        }

        private mutating func store(_ sample: Double) {
            line[position] = sample
            position = position + 1 == line.count ? 0 : position + 1
        }
    }
}
