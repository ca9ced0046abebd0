import Foundation
import NeuralNetwork

/// Small models of every operator to start mutations from: ONNX's node tests, as they are and with
/// their inputs turned into weights.
enum MutationSeeds {
    /// The largest file that is mutated; larger ones only make the test slow.
    private static let largestSeed = 4096

    /// The files' bytes.
    static func models() throws -> [[UInt8]] {
        let supported = Set(SupportedOperators.names)
        var seeds: [[UInt8]] = []
        for test in try NodeTest.all() {
            guard let operators = test.operators, operators.isSubset(of: supported) else {
                continue
            }
            let path = test.folder.appending(path: "model.onnx").path
            var model = try Model(path: path)
            if (model.opset ?? 0) < SupportedOperators.opsets.lowerBound {
                model.operatorSets = [OperatorSet(version: SupportedOperators.opsets.lowerBound)]
            }
            let plain = try model.serialized()
            if plain.count <= largestSeed { seeds.append(plain) }
            for (index, input) in model.graph.inputs.enumerated().dropFirst() {
                let file = test.folder.appending(path: "test_data_set_0/input_\(index).pb").path
                guard var tensor = try? Tensor(path: file) else { continue }
                tensor.name = input.name
                model.graph.initializers.append(tensor)
            }
            let bound = try model.serialized()
            if bound.count <= largestSeed, bound != plain { seeds.append(bound) }
        }
        return seeds
    }
}
