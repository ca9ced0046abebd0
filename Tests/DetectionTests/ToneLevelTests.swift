import Glibc
import Testing

@testable import Detection

@Suite struct ToneLevelTests {
    private static func tone(
        _ frequencyHz: Double,
        rateHz: Int,
        seconds: Int = 3,
        noise: Double = 0
    ) -> [Float] {
        var state: UInt32 = 1
        return (0..<rateHz * seconds).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            let random = Double(Int32(bitPattern: state)) / 2_147_483_648
            let angle = 2 * Double.pi * frequencyHz * Double(index) / Double(rateHz)
            return Float(0.1 * sin(angle) + 0.05 + noise * random)
        }
    }

    @Test(arguments: [(1_000.0, 8_000), (993.7, 16_000), (1_011.3, 44_100)])
    func toneThatIsALittleOffHasItsLevel(frequencyHz: Double, rateHz: Int) {
        let samples = Self.tone(frequencyHz, rateHz: rateHz)
        let level = ToneLevel(of: samples.span, sampleRateHz: rateHz, frequencyHz: 1_000)
        #expect(abs(level.toneDBFS + 23.0103) < 0.01)
        #expect(abs(level.totalDBFS + 23.0103) < 0.01)
        #expect(level.spreadDB < 0.01)
        #expect(level.seconds == 3)
    }

    @Test func noiseBesideTheToneIsNotTheTones() {
        let samples = Self.tone(1_000, rateHz: 8_000, noise: 0.1)
        let level = ToneLevel(of: samples.span, sampleRateHz: 8_000, frequencyHz: 1_000)
        // 0.1² / 2 of the tone; of the noise, 0.1² / 3, a hundred and twentieth lies near it.
        #expect(abs(level.toneDBFS + 23.0103) < 0.1)
        #expect(abs(level.totalDBFS + 20.79) < 0.1)
    }

    @Test func toneElsewhereIsNone() {
        let samples = Self.tone(1_100, rateHz: 8_000)
        let level = ToneLevel(of: samples.span, sampleRateHz: 8_000, frequencyHz: 1_000)
        #expect(level.toneDBFS < -80)
        #expect(abs(level.totalDBFS + 23.0103) < 0.01)
    }
}
