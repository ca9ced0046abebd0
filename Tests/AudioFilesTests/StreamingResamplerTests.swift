import AudioFiles
import Foundation
import Testing

@Suite struct StreamingResamplerTests {
    /// Rates as microphones and recorders have them, to the rates that models have.
    struct Rates: CustomTestStringConvertible, Sendable {
        var from: Int
        var to: Int
        var testDescription: String { "\(from) to \(to) Hz" }
        var lower: Double { Double(min(from, to)) }
    }

    static let rates = [
        Rates(from: 8_000, to: 16_000), Rates(from: 11_025, to: 16_000),
        Rates(from: 22_050, to: 16_000), Rates(from: 44_100, to: 16_000),
        Rates(from: 48_000, to: 16_000), Rates(from: 96_000, to: 16_000),
        Rates(from: 384_000, to: 16_000), Rates(from: 44_101, to: 16_000),
        Rates(from: 16_000, to: 32_000), Rates(from: 16_000, to: 44_100),
        Rates(from: 48_000, to: 44_100), Rates(from: 48_000, to: 22_050),
    ]

    @Test(arguments: rates)
    func anyChunkingGivesTheSameBits(rates: Rates) throws {
        let noise = TestSignal.noise(count: rates.from + 17)
        let resampler = try StreamingResampler(fromRateHz: rates.from, toRateHz: rates.to)
        let whole = resampled(noise, by: resampler, chunk: noise.count)
        for chunk in [1, 7, 160, 1_023, 4_096, 10_000] {
            resampler.reset()
            #expect(resampled(noise, by: resampler, chunk: chunk) == whole, "chunks of \(chunk)")
        }
    }

    @Test(arguments: rates)
    func asMuchTimeComesOutAsWentIn(rates: Rates) throws {
        for extra in [0, 1, 5_000] {
            let count = rates.from / 10 + extra
            let resampler = try StreamingResampler(fromRateHz: rates.from, toRateHz: rates.to)
            let output = resampled(TestSignal.noise(count: count), by: resampler, chunk: 512)
            let exact = Double(count) * Double(rates.to) / Double(rates.from)
            #expect(abs(Double(output.count) - exact) <= 1)
        }
    }

    @Test(arguments: rates)
    func sinesKeepTheirAmplitudeAndTheirTime(rates: Rates) throws {
        for share in [0.01, 0.1, 0.3, 0.6, 0.9] {
            let hz = share * rates.lower / 2
            let sine = TestSignal.sine(hz: hz, rateHz: rates.from, count: rates.from)
            let resampler = try StreamingResampler(fromRateHz: rates.from, toRateHz: rates.to)
            let output = resampled(sine, by: resampler, chunk: 4_096)
            let middle = output[(rates.to / 4)..<(rates.to * 3 / 4)]
            let found = TestSignal.component(hz: hz, of: middle, rateHz: rates.to)
            #expect(abs(20 * log10(found.amplitude / 0.5)) < 0.01, "\(hz) Hz: amplitude")
            #expect(abs(found.phase) < 1e-4, "\(hz) Hz: phase")
            // What is not the sine is below 20 bits.
            let rest = middle.indices.map { index in
                middle[index]
                    - Float(
                        found.amplitude
                            * sin(
                                2 * .pi * hz * Double(index) / Double(rates.to) + found.phase
                            )
                    )
            }
            #expect(TestSignal.levelDB(rest[...]) < -110, "\(hz) Hz: distortion")
        }
    }

    @Test(arguments: rates.filter { $0.from > $0.to })
    func whatLiesAboveTheNewNyquistFrequencyIsGone(rates: Rates) throws {
        let nyquist = Double(rates.to) / 2
        for share in [1.001, 1.1, 1.5, 1.9] where share * nyquist < 0.99 * Double(rates.from) / 2 {
            let sine = TestSignal.sine(hz: share * nyquist, rateHz: rates.from, count: rates.from)
            let resampler = try StreamingResampler(fromRateHz: rates.from, toRateHz: rates.to)
            let output = resampled(sine, by: resampler, chunk: 4_096)
            let middle = output[(rates.to / 4)..<(rates.to * 3 / 4)]
            #expect(TestSignal.levelDB(middle) < -110, "\(share) of the Nyquist frequency")
        }
    }

    @Test func aClickStaysAtItsTime() throws {
        var click = [Float](repeating: 0, count: 48_000)
        click[24_000] = 1
        let resampler = try StreamingResampler(fromRateHz: 48_000, toRateHz: 16_000)
        let output = resampled(click, by: resampler, chunk: 480)
        #expect(output.indices.max { abs(output[$0]) < abs(output[$1]) } == 8_000)
    }

    @Test func equalRatesPassSamplesThroughUntouched() throws {
        let noise = TestSignal.noise(count: 1_000)
        let resampler = try StreamingResampler(fromRateHz: 16_000, toRateHz: 16_000)
        var output: [Float] = [42]
        resampler.process(noise.span.extracting(..<100), appendingTo: &output)
        #expect(output.count == 101)
        resampler.process(noise.span.extracting(100...), appendingTo: &output)
        resampler.flush(appendingTo: &output)
        #expect(output == [42] + noise)
    }

    @Test func silenceStaysDigitalSilence() throws {
        let silence = [Float](repeating: 0, count: 44_100)
        let resampler = try StreamingResampler(fromRateHz: 44_100, toRateHz: 16_000)
        #expect(resampled(silence, by: resampler, chunk: 441).allSatisfy { $0 == 0 })
    }

    @Test func nothingInGivesNothingOut() throws {
        let resampler = try StreamingResampler(fromRateHz: 44_100, toRateHz: 16_000)
        #expect(resampled([], by: resampler, chunk: 1).isEmpty)
    }

    @Test func samplesAreHeldBackForLessThanAnEighthOfASecond() throws {
        for rates in Self.rates {
            let noise = TestSignal.noise(count: rates.from)
            let resampler = try StreamingResampler(fromRateHz: rates.from, toRateHz: rates.to)
            var output: [Float] = []
            resampler.process(noise.span, appendingTo: &output)
            #expect(Double(output.count) / Double(rates.to) > 0.875, "\(rates)")
        }
    }

    @Test(arguments: [(0, 16_000), (16_000, -1), (2_000_000, 16_000)])
    func ratesThatMakeNoSenseAreRefused(from: Int, to: Int) {
        #expect {
            _ = try StreamingResampler(fromRateHz: from, toRateHz: to)
        } throws: { error in
            "\(error)" == "Cannot resample from \(from) Hz to \(to) Hz: rates from 1000 to "
                + "1000000 Hz are supported. Choose another sample rate."
        }
    }

    private func resampled(
        _ input: [Float],
        by resampler: StreamingResampler,
        chunk: Int
    ) -> [Float] {
        var output: [Float] = []
        var start = 0
        while start < input.count {
            let end = min(start + chunk, input.count)
            resampler.process(input.span.extracting(start..<end), appendingTo: &output)
            start = end
        }
        resampler.flush(appendingTo: &output)
        return output
    }
}
