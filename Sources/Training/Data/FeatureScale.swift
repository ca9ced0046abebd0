import Foundation
import LogMelFeatures

/// From a patch of band powers to the network's input, as the front end does it live.
struct FeatureScale: Sendable {
    let frontEnd: FrontEnd
    private let floor: Float
    private let offset: Float
    private let factor: Float
    private let summand: Float
    private let normalizer: PatchNormalizer
    private let mean: [Float]
    private let inverseDeviation: [Float]

    /// - Throws: That the front end's compression cannot be done after augmentation.
    init(_ frontEnd: FrontEnd) throws(TrainingError) {
        self.frontEnd = frontEnd
        switch frontEnd.compression {
        case .logOffset(let value): (floor, offset, factor, summand) = (0, value, 1, 0)
        case .logFloor(let value): (floor, offset, factor, summand) = (value, 0, 1, 0)
        case .decibel(let scale), .log10(let scale):
            var decades = 1 / log(10 as Float)
            if case .decibel = frontEnd.compression { decades *= 10 }
            (floor, offset, factor) = (scale.floor, 0, decades)
            if case .value(let reference) = scale.reference {
                summand = -decades * log(max(reference, scale.floor))
            } else {
                summand = 0
            }
        case .none, .cubeRoot, .pcen:
            throw .unsupportedFrontEnd(reason: "its compression is not a logarithm")
        }
        do {
            normalizer = try PatchNormalizer(frontEnd)
        } catch {
            throw .unsupportedFrontEnd(reason: "\(error)")
        }
        let bands = frontEnd.bandCount
        switch frontEnd.normalisation {
        case .perBand(let means, let deviations) where !frontEnd.needsWholePatch:
            mean = means
            inverseDeviation = deviations.map { 1 / $0 }
        case .global(let value, let deviation) where !frontEnd.needsWholePatch:
            mean = [Float](repeating: value, count: bands)
            inverseDeviation = [Float](repeating: 1 / deviation, count: bands)
        default:
            mean = []
            inverseDeviation = []
        }
    }

    /// A power on the front end's scale.
    func compressed(_ power: Float) -> Float {
        factor * log(max(power, floor) + offset) + summand
    }

    /// Makes the network's input of a patch [frames, bands] of powers, which it overwrites.
    func prepare(_ patch: inout [Float], into input: inout MutableSpan<Float>) {
        let bands = frontEnd.bandCount
        for start in stride(from: 0, to: patch.count, by: bands) {
            for band in 0..<bands {
                let value = compressed(patch[start + band])
                patch[start + band] =
                    mean.isEmpty ? value : (value - mean[band]) * inverseDeviation[band]
            }
        }
        normalizer.prepare(patch.span, into: &input)
    }
}
