/// A second-order filter for one signal.
///
/// The coefficients are those of R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad
/// filter coefficients".
struct SceneFilter {
    private var b0 = 1.0
    private var b1 = 0.0
    private var b2 = 0.0
    private var a1 = 0.0
    private var a2 = 0.0
    private var first = 0.0
    private var second = 0.0

    /// Lets a band through: 0 dB at its centre, 6 dB an octave outside.
    static func bandPass(hz: Double, widthHz: Double, rateHz: Double) -> SceneFilter {
        var filter = SceneFilter()
        filter.tuneBandPass(hz: hz, widthHz: widthHz, rateHz: rateHz)
        return filter
    }

    /// Lets what is below a frequency through; `quality` above 0.707 gives a peak there.
    static func lowPass(hz: Double, quality: Double = 0.707, rateHz: Double) -> SceneFilter {
        let angle = clamped(hz, rateHz: rateHz) / rateHz
        let cosine = Waveform.cosine(turns: angle)
        let alpha = Waveform.sine(turns: angle) / (2 * quality)
        var filter = SceneFilter()
        filter.set(
            b: ((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2),
            a: (1 + alpha, -2 * cosine, 1 - alpha)
        )
        return filter
    }

    /// Lets what is above a frequency through.
    static func highPass(hz: Double, quality: Double = 0.707, rateHz: Double) -> SceneFilter {
        let angle = clamped(hz, rateHz: rateHz) / rateHz
        let cosine = Waveform.cosine(turns: angle)
        let alpha = Waveform.sine(turns: angle) / (2 * quality)
        var filter = SceneFilter()
        filter.set(
            b: ((1 + cosine) / 2, -1 - cosine, (1 + cosine) / 2),
            a: (1 + alpha, -2 * cosine, 1 - alpha)
        )
        return filter
    }

    /// Moves a band-pass filter to another band, keeping what is ringing in it.
    mutating func tuneBandPass(hz: Double, widthHz: Double, rateHz: Double) {
        let centre = Self.clamped(hz, rateHz: rateHz)
        let angle = centre / rateHz
        let alpha = Waveform.sine(turns: angle) * widthHz / (2 * centre)
        set(b: (alpha, 0, -alpha), a: (1 + alpha, -2 * Waveform.cosine(turns: angle), 1 - alpha))
    }

    /// Takes one sample in and gives one out.
    mutating func process(_ input: Double) -> Double {
        let output = b0 * input + first
        first = b1 * input - a1 * output + second
        second = b2 * input - a2 * output
        return output
    }

    private mutating func set(b: (Double, Double, Double), a: (Double, Double, Double)) {
        b0 = b.0 / a.0
        b1 = b.1 / a.0
        b2 = b.2 / a.0
        a1 = a.1 / a.0
        a2 = a.2 / a.0
    }

    /// Keeps a frequency where a filter at this rate is stable.
    private static func clamped(_ hz: Double, rateHz: Double) -> Double {
        min(max(hz, 1), 0.48 * rateHz)
    }
}
