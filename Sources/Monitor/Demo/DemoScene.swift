/// A minute of sounds made by calculation: what `--source demo` listens to.
///
/// It begins with three seconds of an empty room (noise at −75 dBFS, under the silence gate), then
/// ten sounds follow with pauses between them. Each is modelled on how it comes about: voices are
/// buzzes through resonances, weather is noise in bands, clocks and fires are struck resonators.
/// The network is told nothing: what it says of the scene is what it hears.
///
/// The samples depend on nothing but the sample rate, to the bit: there is no recording behind
/// them, the generator of chance is our own, and so are the sine and the exponential.
package enum DemoScene {
    /// How long the scene lasts, in seconds.
    package static let durationSeconds = 68.0

    /// The sounds in order of time, with the class each is meant to be.
    package static let sounds: [DemoSound] = scores.map(\.sound)

    /// The level of the empty room, RMS.
    package static let roomDBFS = -75.0

    /// Makes the scene.
    ///
    /// - Parameter sampleRateHz: 16 to 192 kHz. At another rate the same sounds are made of other
    ///   noise.
    /// - Returns: Mono samples in ±1.
    package static func make(sampleRateHz: Int = 16_000) -> [Float] {
        precondition(
            (16_000...192_000).contains(sampleRateHz),
            "The scene has 16 to 192 thousand Hz"
        )
        let rateHz = Double(sampleRateHz)
        var scene = room(rateHz: rateHz)
        for (index, score) in scores.enumerated() {
            var random = SceneRandom(seed: UInt64(index + 1))
            let samples = score.render(rateHz, &random)
            let peak = samples.reduce(0) { max($0, abs($1)) }
            let scale = Waveform.gain(decibels: score.sound.peakDBFS) / peak
            let start = Int(score.sound.startSeconds * rateHz)
            let end = Int(score.sound.endSeconds * rateHz)
            for (offset, sample) in samples.prefix(end - start).enumerated() {
                scene[start + offset] += Float(scale * sample)
            }
        }
        return scene
    }

    /// The noise of an empty room over the whole scene.
    private static func room(rateHz: Double) -> [Float] {
        var random = SceneRandom(seed: 0)
        let bands: [NoiseBands.Band] = [(150, 200, 6), (600, 700, 0), (2_400, 2_500, -6)]
        var air = NoiseBands(bands, rateHz: rateHz)
        let samples = (0..<Int(durationSeconds * rateHz)).map { _ in air.next(random: &random) }
        let power = samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)
        let scale = Waveform.gain(decibels: roomDBFS) / power.squareRoot()
        return samples.map { Float(scale * $0) }
    }

    /// How to make a sound, and where it goes.
    private struct Score {
        let sound: DemoSound
        let render: @Sendable (_ rateHz: Double, _ random: inout SceneRandom) -> [Double]

        init(
            _ className: String,
            from start: Double,
            to end: Double,
            peakDBFS: Double,
            _ render: @escaping @Sendable (Double, inout SceneRandom) -> [Double]
        ) {
            sound = DemoSound(
                className: className,
                startSeconds: start,
                endSeconds: end,
                peakDBFS: peakDBFS
            )
            self.render = render
        }
    }

    private static let scores = [
        Score("dog_bark", from: 3, to: 7, peakDBFS: -4, DogBark.render),
        Score("clock_tick", from: 9, to: 14, peakDBFS: -14, ClockTick.render),
        Score("rain", from: 16, to: 21, peakDBFS: -9, Rain.render),
        Score("rooster", from: 23, to: 25.5, peakDBFS: -9, RoosterCrow.render),
        Score("crackling_fire", from: 27.5, to: 32.5, peakDBFS: -3, CracklingFire.render),
        Score("chainsaw", from: 34.5, to: 39.5, peakDBFS: -9, Chainsaw.render),
        Score("baby_cry", from: 41.5, to: 47.5, peakDBFS: -10, BabyCry.render),
        Score("helicopter", from: 49, to: 54, peakDBFS: -2, Helicopter.render),
        Score("sneeze", from: 56, to: 59, peakDBFS: -3, Sneeze.render),
        Score("sea_waves", from: 60, to: 66, peakDBFS: -3, SeaWaves.render),
    ]
}
