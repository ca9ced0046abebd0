/// A voice's or an engine's source: a sawtooth whose jumps are rounded off (PolyBLEP, Välimäki
/// and Huovilainen 2007), so that its harmonics stay below the Nyquist frequency.
struct PulseOscillator {
    private var phase = 0.0

    /// The next sample, in ±1, at a frequency that may change from sample to sample.
    mutating func next(hz: Double, rateHz: Double) -> Double {
        let step = hz / rateHz
        phase += step
        if phase >= 1 {
            phase -= 1
        }
        var value = 2 * phase - 1
        if phase < step {
            let x = phase / step
            value -= x + x - x * x - 1
        } else if phase > 1 - step {
            let x = (phase - 1) / step
            value -= x * x + x + x + 1
        }
        return value
    }
}
