package import Detection
@preconcurrency import Glibc
import LogMelFeatures
import NeuralNetwork

/// Asks a network about sounds that every model can judge, before it is trusted with real ones.
///
/// The sounds go the whole way through the front end. Scores outside 0 to 1 mean that the network
/// is not the one that `model.yaml` describes. NaN may be gone with the next sound, so that it is
/// only reported.
package struct NetworkTrial: Equatable, Sendable {
    /// A sound that a network is asked about.
    package enum Sound: String, CaseIterable, Sendable {
        /// Nothing but zeros.
        case silence
        /// White noise of -30 dBFS.
        case noise
        /// A tone of 1 kHz and -20 dBFS.
        case tone
    }

    /// What a network gives for one of the sounds.
    package struct Fault: Equatable, Sendable {
        /// The sound.
        package let sound: Sound
        /// The class and its score.
        package let score: InvalidScore
        /// Everything that the network gives, shape `[classCount]`.
        let outputs: [Float]

        /// What has to be in `model.yaml` for numbers outside 0 to 1 to become probabilities.
        func advice(file: String) -> String {
            let isLogarithm = abs(outputs.reduce(0) { $0 + exp($1) } - 1) < 1e-3
            let line =
                isLogarithm
                ? "They are log-probabilities: set 'activation: softmax'"
                : "If they are logits, set 'activation: sigmoid' (or 'activation: softmax' if "
                    + "classes are exclusive)"
            return "\(line) in the section 'network' of '\(file)'."
        }
    }

    /// The sounds for which the network gives no valid scores.
    package private(set) var faults: [Fault] = []

    /// The first sound for which it gives numbers, but not from 0 to 1.
    var faultOfRange: Fault? { faults.first { $0.outputs.allSatisfy(\.isFinite) } }

    /// Whether it fails for sounds that the silence gate lets through.
    package var faultOfSound: Fault? { faults.first { $0.sound != .silence } }

    /// The trial of a model without a network.
    init() {}

    /// Runs the network on every sound.
    ///
    /// - Parameters:
    ///   - session: The network, for windows of `shape`.
    ///   - about: What the network takes and gives.
    ///   - shape: The input's shape for one window.
    /// - Throws: What is wrong with the front end.
    init(
        _ session: InferenceSession,
        of about: ModelDescription,
        shape: [Int]
    ) throws(FrontEndError) {
        let normalizer = try PatchNormalizer(about.frontEnd)
        let extractor = try FeatureExtractor(about.frontEnd)
        let count = about.network.windowFrames * about.frontEnd.bandCount
        for sound in Sound.allCases {
            var features: [Float] = []
            while features.count < count {
                let start = extractor.sampleCount
                let samples = (start..<start + about.frontEnd.frameLength).map {
                    Self.sample(of: sound, at: $0, rateHz: about.frontEnd.sampleRateHz)
                }
                extractor.process(samples.span, appendingTo: &features)
            }
            extractor.reset()
            var input = [Float](repeating: 0, count: count * about.frontEnd.channelCount)
            var prepared = input.mutableSpan
            normalizer.prepare(features.span.extracting(first: count), into: &prepared)
            judge(sound, Self.outputs(of: session, for: input, shape, about), about)
        }
    }

    private mutating func judge(_ sound: Sound, _ outputs: [Float], _ about: ModelDescription) {
        do {
            _ = try about.network.activation.probabilities(of: outputs)
        } catch {
            faults.append(Fault(sound: sound, score: error, outputs: outputs))
        }
    }

    private static func outputs(
        of session: InferenceSession,
        for input: [Float],
        _ shape: [Int],
        _ about: ModelDescription
    ) -> [Float] {
        var outputs = [Float](repeating: 0, count: about.classes.count)
        var result = outputs.mutableSpan
        do {
            try session.run(
                input.span,
                shape: shape,
                output: about.network.scores,
                into: &result
            )
        } catch {
            preconditionFailure("the session was made for this shape and output: \(error)")
        }
        return outputs
    }

    /// The same noise in every run: a counter whose bits are mixed as SplitMix64 does.
    private static func sample(of sound: Sound, at index: Int, rateHz: Int) -> Float {
        switch sound {
        case .silence: return 0
        case .tone: return 0.14 * sin(2 * .pi * Float(1_000 * index % rateHz) / Float(rateHz))
        case .noise:
            var bits = UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            // Uniform between ±0.055, which has the power of -30 dBFS.
            return 0.055 * (2 * Float((bits ^ (bits >> 31)) >> 40) / Float(1 << 24) - 1)
        }
    }
}
