import Foundation
import Testing

@testable import LogMelFeatures

@Suite struct EnergyNormaliserTests {
    /// Frames of two bands: one loud and varying, one silent but for a click.
    private let frames: [[Float]] = (0..<200).map { frame in
        [1e4 * (1.5 + sin(Float(frame) * 0.3)), frame == 100 ? 1 : 0]
    }

    private func normalise(_ settings: PCENSettings) -> [[Float]] {
        var normaliser = EnergyNormaliser(settings, framesPerSecond: 100, bandCount: 2)
        return frames.map { frame in
            var frame = frame
            frame.withUnsafeMutableBufferPointer { bands in
                guard let bands = bands.baseAddress else { return }
                normaliser.normalise(bands)
            }
            return frame
        }
    }

    /// Plain-loop twin: the formula of the paper in double precision.
    private func normaliseReference(_ settings: PCENSettings) -> [[Double]] {
        let time = Double(settings.timeConstantSeconds) * 100
        let share = (sqrt(1 + 4 * time * time) - 1) / (2 * time * time)
        var smoothed =
            settings.start == .one ? [1.0, 1.0] : frames[0].map { Double($0) }
        return frames.map { frame in
            (0..<2).map { band in
                let energy = Double(frame[band])
                smoothed[band] = (1 - share) * smoothed[band] + share * energy
                let gain = pow(Double(settings.epsilon) + smoothed[band], Double(settings.gain))
                let bias = Double(settings.bias)
                let power = Double(settings.power)
                return pow(energy / gain + bias, power) - pow(bias, power)
            }
        }
    }

    @Test(arguments: PCENSettings.Start.allCases, [0, 2] as [Float])
    func framesEqualTheFormula(_ start: PCENSettings.Start, bias: Float) {
        var settings = PCENSettings()
        settings.start = start
        settings.bias = bias
        for (found, expected) in zip(normalise(settings), normaliseReference(settings)) {
            for band in 0..<2 {
                let error = abs(Double(found[band]) - expected[band])
                #expect(error <= 1e-5 * max(1, abs(expected[band])))
            }
        }
    }

    @Test func recordingBeginsWithoutTransientWhenTheFirstFrameStartsTheSmoother() {
        var settings = PCENSettings()
        settings.start = .firstFrame
        let normalised = normalise(settings)
        #expect(normalised[0][0] < 1)
        settings.start = .one
        #expect(normalise(settings)[0][0] > 5)
    }

    @Test func resetForgetsThePast() throws {
        var frontEnd = Preset.librosa.frontEnd
        frontEnd.compression = .pcen(PCENSettings())
        let samples = TestSignal.samples(rateHz: 22_050, seconds: 0.3)
        let extractor = try FeatureExtractor(frontEnd)
        let first = extractor.features(of: samples) { samples.count }
        let second = extractor.features(of: samples) { samples.count }
        #expect(first == second)
    }
}
