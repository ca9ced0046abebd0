import Foundation
import Testing

@testable import Monitor

@Suite struct WaveformTests {
    @Test func theSineIsTheLibrarysToNineDigits() {
        for step in -1_000...1_000 {
            let turns = Double(step) / 137
            #expect(abs(Waveform.sine(turns: turns) - sin(2 * .pi * turns)) < 2e-9)
            #expect(abs(Waveform.cosine(turns: turns) - cos(2 * .pi * turns)) < 2e-9)
        }
    }

    @Test func powersAreTheLibrarysToNineDigits() {
        for step in -1_000...1_000 {
            let exponent = Double(step) / 61
            #expect(abs(Waveform.powerOfTwo(exponent) / exp2(exponent) - 1) < 1e-9)
            #expect(abs(Waveform.exponential(exponent) / exp(exponent) - 1) < 2e-8)
        }
        #expect(abs(Waveform.gain(decibels: 20) - 10) < 1e-7)
        #expect(Waveform.gain(decibels: 0) == 1)
    }

    @Test func aContourJoinsItsPoints() {
        let contour: Contour = [(1, 10), (2, 20), (4, 0)]
        #expect(contour.value(at: 0) == 10)
        #expect(contour.value(at: 1.5) == 15)
        #expect(contour.value(at: 3) == 10)
        #expect(contour.value(at: 9) == 0)
    }

    @Test func chanceIsEvenAndNoiseHasUnitPower() {
        var random = SceneRandom(seed: 5)
        let uniform = (0..<20_000).map { _ in random.uniform(2...4) }
        #expect(uniform.allSatisfy { (2...4).contains($0) })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 3) < 0.02)
        let noise = (0..<20_000).map { _ in random.noise() }
        #expect(abs(noise.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(noise.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.03)
    }
}
