import Foundation
import NeuralNetwork
import Testing

/// ONNX's own tests of every operator that there is.
@Suite struct NodeTests {
    @Test func everyTestOfAnOperatorPassesOrIsListedWithItsReason() throws {
        try #require(
            FileManager.default.fileExists(atPath: NodeTest.root.path),
            "'\(NodeTest.root.path)' is missing; run Tests/NeuralNetworkTests/fetch-node-tests"
        )
        let notRun = try Self.notRun()
        let supported = Set(SupportedOperators.names)
        var passed = 0
        var bound = 0
        var foreign = 0
        var refused: Set<String> = []
        for test in try NodeTest.all() {
            guard let operators = test.operators, !operators.isDisjoint(with: supported) else {
                foreign += 1
                continue
            }
            switch test.run() {
            case .passed(let boundInputs):
                passed += 1
                bound += boundInputs > 0 ? 1 : 0
                #expect(notRun[test.name] == nil, "\(test.name) passes but is listed as not run")
            case .refused(let reason):
                refused.insert(test.name)
                #expect(notRun[test.name] != nil, "\(test.name): \(reason)")
            case .failed(let reason):
                refused.insert(test.name)
                #expect(notRun[test.name] != nil, "\(test.name): \(reason)")
            }
        }
        #expect(passed > 400, "the folder of tests is not complete")
        #expect(Set(notRun.keys).subtracting(refused).isEmpty, "listed, but not among the tests")
        print(
            "ONNX node tests: \(passed) passed (\(bound) with inputs bound at load), "
                + "\(refused.count) not run and listed, \(foreign) of other operators"
        )
    }

    /// The tests that are not run, with the reason, from the list beside this file.
    private static func notRun() throws -> [String: String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "node-tests-not-run.txt")
        var reasons: [String: String] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            try #require(parts.count == 2, "'\(line)' is not 'test: reason'")
            reasons[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return reasons
    }
}

/// One of ONNX's own tests of an operator: a model, inputs, and the outputs it must give.
struct NodeTest {
    /// How a test went.
    enum Outcome {
        case passed(boundInputs: Int)
        /// The engine refused the model when it was loaded.
        case refused(String)
        case failed(String)
    }

    let name: String
    let folder: URL

    /// The folder that `fetch-node-tests` fills.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.build/onnx-node-tests").resolvingSymlinksInPath()

    /// All tests, by name.
    static func all() throws -> [NodeTest] {
        try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
            .map { NodeTest(name: $0.lastPathComponent, folder: $0) }
            .sorted { $0.name < $1.name }
    }

    /// The operators in the model, or nil when the model cannot be read.
    var operators: Set<String>? {
        (try? model()).map { Set($0.graph.nodes.map(\.operatorType)) }
    }

    /// The test's model.
    ///
    /// Tests are made with the opset that last changed their operator; where that is older than the
    /// oldest supported one, the operator is the same there.
    private func model() throws -> Model {
        var model = try Model(path: folder.appending(path: "model.onnx").path)
        if let opset = model.opset, opset < SupportedOperators.opsets.lowerBound {
            model.operatorSets = [OperatorSet(version: SupportedOperators.opsets.lowerBound)]
        }
        return model
    }

    /// Loads and runs the model on every set of inputs.
    ///
    /// Inputs that must be known when a model is loaded are bound then: first none is, then all but
    /// the first, then all.
    func run() -> Outcome {
        do {
            let model = try model()
            var bound = 0
            for set in 0..<100 {
                let data = folder.appending(path: "test_data_set_\(set)")
                guard FileManager.default.fileExists(atPath: data.path) else {
                    return set == 0 ? .failed("no data") : .passed(boundInputs: bound)
                }
                let inputs = try tensors("input", in: data, named: model.graph.inputs.map(\.name))
                let expected = try tensors(
                    "output",
                    in: data,
                    named: model.graph.outputs.map(\.name)
                )
                let (outputs, boundNow) = try outputs(of: model, for: inputs)
                bound = max(bound, boundNow)
                for (output, wanted) in zip(outputs, expected) {
                    if let difference = TensorComparison.difference(output, wanted) {
                        return .failed("'\(wanted.name)': \(difference)")
                    }
                }
            }
            return .passed(boundInputs: bound)
        } catch {
            return .refused("\(error)")
        }
    }

    private func tensors(_ kind: String, in data: URL, named names: [String]) throws -> [Tensor] {
        try names.enumerated().map { index, name in
            var tensor = try Tensor(path: data.appending(path: "\(kind)_\(index).pb").path)
            tensor.name = name
            return tensor
        }
    }

    private func outputs(
        of model: Model,
        for inputs: [Tensor]
    ) throws -> (outputs: [Tensor], boundInputs: Int) {
        var refusal: (any Error)?
        for free in [inputs.count, min(1, inputs.count), 0] {
            let constants = Dictionary(uniqueKeysWithValues: inputs[free...].map { ($0.name, $0) })
            let shapes = Dictionary(
                uniqueKeysWithValues: inputs[..<free].map { ($0.name, $0.shape) }
            )
            do {
                let session = try InferenceSession(
                    model: model,
                    options: LoadOptions(inputShapes: shapes, constants: constants)
                )
                return (try session.run(Array(inputs[..<free])), inputs.count - free)
            } catch {
                let needsMore = "\(error)".contains(/not (a )?constant/)
                guard needsMore else { throw error }
                refusal = error
            }
        }
        throw refusal ?? ModelError.malformedGraph(reason: "nothing was tried")
    }
}

/// Holds the table of operators in `docs/networks.md` against the operators that there are.
@Suite struct OperatorDocumentationTests {
    @Test func everyOperatorHasItsRowAndEveryRowItsOperator() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/networks.md").standardized
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("| `") }
        let documented = rows.compactMap { row in
            row.split(separator: "`").dropFirst().first.map(String.init)
        }
        #expect(documented.sorted() == SupportedOperators.names)
    }
}
