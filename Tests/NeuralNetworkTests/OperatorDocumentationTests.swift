import Foundation
import NeuralNetwork
import Testing

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
