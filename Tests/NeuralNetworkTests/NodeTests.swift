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
