import Foundation
import Testing

@testable import LogMelFeatures

@Suite struct BandCompressorTests {
    private func compress(
        _ values: [Float],
        _ compression: Compression,
        _ spectrum: SpectrumKind = .power
    ) -> [Float] {
        var values = values
        let compressor = BandCompressor(compression, spectrum: spectrum)
        values.withUnsafeMutableBufferPointer { values in
            guard let bands = values.baseAddress else { return }
            compressor.compress(bands, count: values.count)
        }
        return values
    }

    /// Powers from 1e-30 to 1e30, more of them than eight and not a multiple of it.
    private let powers: [Float] = (0..<1_003).map { Float(pow(10, Double($0) * 0.06 - 30)) }

    @Test func logarithmIsExactToThreeUnitsInTheEighthDigit() {
        for (power, found) in zip(powers, compress(powers, .logFloor(1e-30))) {
            let expected = log(Double(max(power, 1e-30)))
            #expect(abs(Double(found) - expected) <= max(2.5e-7 * abs(expected), 1e-7), "\(power)")
        }
    }

    @Test func logarithmNearOneKeepsItsRelativeAccuracy() {
        let values = (-2_000...2_000).map { 1 + Float($0) * 1e-5 }
        for (value, found) in zip(values, compress(values, .logFloor(1e-30))) {
            let expected = log(Double(value))
            #expect(abs(Double(found) - expected) <= 2.5e-7 * abs(expected), "\(value)")
        }
    }

    @Test func everyCurveEqualsItsFormula() {
        let scale = DecibelScale(floor: 1e-10, reference: .value(2))
        let curves: [(Compression, SpectrumKind, (Double) -> Double)] = [
            (.none, .power, { $0 }),
            (.cubeRoot, .power, { cbrt($0) }),
            (.logOffset(1e-3), .power, { log($0 + 1e-3) }),
            (.log10(scale), .power, { log10(max($0, 1e-10)) - log10(2) }),
            (.decibel(scale), .power, { 10 * log10(max($0, 1e-10)) - 10 * log10(2) }),
            (.decibel(scale), .magnitude, { 20 * log10(max($0, 1e-10)) - 20 * log10(2) }),
        ]
        for (compression, spectrum, formula) in curves {
            for (power, found) in zip(powers, compress(powers, compression, spectrum)) {
                let expected = formula(Double(power))
                let error = abs(Double(found) - expected)
                #expect(error <= 1e-6 * max(1, abs(expected)), "\(compression) of \(power)")
            }
        }
    }

    @Test func digitalSilenceGivesTheFloor() {
        #expect(abs(compress([0], .decibel(DecibelScale()))[0] + 100) < 1e-4)
        #expect(abs(compress([0], .logOffset(1e-6))[0] + 13.815_511) < 1e-5)
        #expect(compress([0], .cubeRoot)[0] == 0)
    }

    @Test func bandsBitsDoNotDependOnTheirNumber() {
        let whole = compress(powers, .logOffset(1e-6))
        for count in 1...17 {
            let part = compress(Array(powers.prefix(count)), .logOffset(1e-6))
            #expect(part == Array(whole.prefix(count)))
        }
    }
}
