import Foundation

/// The signal that the fixtures were made of, as `Fixtures/test_signal.py` computes it.
enum TestSignal {
    /// A rising sweep, a steady tone, fading noise, clicks and a stretch of digital silence, in
    /// 16-bit units.
    static func integers(rateHz: Int, seconds: Double) -> [Int] {
        let count = Int((Double(rateHz) * seconds).rounded())
        let highestHz = 0.45 * Double(rateHz)
        var noise: UInt32 = 1
        return (0..<count).map { n in
            let t = Double(n) / Double(rateHz)
            noise = noise &* 1_664_525 &+ 1_013_904_223
            let sweepCycles = 50 * t + (highestHz - 50) * t * t / (2 * seconds)
            var value = 0.3 * sin(2 * Double.pi * sweepCycles)
            value += 0.2 * sin(2 * Double.pi * 440 * t)
            value += 0.1 * exp(-3 * t / seconds) * (Double(noise >> 8) / 8_388_608 - 1)
            if n % 1_777 == 1_000 { value += 0.4 }
            if (0.55..<0.65).contains(t / seconds) { value = 0 }
            return Int((value * 32_767 + 0.5).rounded(.down))
        }
    }

    /// Samples of ±1.
    static func samples(rateHz: Int, seconds: Double) -> [Float] {
        integers(rateHz: rateHz, seconds: seconds).map { Float($0) / 32_768 }
    }
}
