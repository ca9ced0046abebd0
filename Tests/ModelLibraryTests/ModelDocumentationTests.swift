import Foundation
import ModelLibrary
import Settings
import Testing

/// Holds the documentation of `model.yaml` against the table by which it is read.
@Suite struct ModelDocumentationTests {
    @Test func everyKeyHasItsRowInTheDocumentationAndNoRowIsLeftOver() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("docs/models.md"),
            encoding: .utf8
        )
        let found = Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") })
        let descriptions = ModelDescription.settings.descriptions(defaults: ModelDescription())
        let expected = Set(descriptions.map { "| `\($0.key)` | \($0.allowed) | \($0.summary) |" })
        for row in expected.subtracting(found).sorted() {
            Issue.record("docs/models.md lacks this row:\n\(row)")
        }
        for row in found.subtracting(expected).sorted() {
            Issue.record("docs/models.md has this row, the program does not:\n\(row)")
        }
    }
}
