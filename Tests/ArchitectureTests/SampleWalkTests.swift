import Foundation
import Testing

/// Holds the walk of one sample in `docs/architecture.md` against the sources.
@Suite struct SampleWalkTests {
    private struct Step {
        let text: String
        let names: [String]

        /// What the step has between back quotes.
        init(_ text: String) {
            self.text = text
            names = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }

        var files: [String] { names.filter { $0.hasSuffix(".swift") } }

        /// The bare names of the functions, `date` for `StreamDates.date(_:appendingTo:)`.
        var functions: [String] {
            names.compactMap { name in
                guard let bracket = name.firstIndex(of: "("), name.hasSuffix(")") else {
                    return nil
                }
                return name[..<bracket].split(separator: ".").last.map(String.init)
            }
        }
    }

    private func steps() throws -> [Step] {
        let page = try RepositoryRoot.text("docs/architecture.md")
        let section = try #require(
            page.components(separatedBy: "\n## The walk of one sample\n").last
        )
        let walk = section.components(separatedBy: "\n## ")[0]
        return walk.components(separatedBy: "\n\n")
            .flatMap { $0.replacing("\n   ", with: " ").split(separator: "\n").map(String.init) }
            .filter { $0.first?.isNumber == true }
            .map(Step.init)
    }

    @Test func theWalkLeadsFromTheSoundCardToTail() throws {
        let steps = try steps()
        #expect(steps.count >= 12)
        #expect(steps.first?.files.first?.hasPrefix("Sources/AudioCapture/") == true)
        #expect(steps.last?.files.first?.hasPrefix("Sources/Commands/") == true)
    }

    @Test func everyFileOfTheWalkExistsAndDeclaresTheFunctionsOfItsStep() throws {
        for step in try steps() {
            let texts = try step.files.map(RepositoryRoot.text)
            #expect(!texts.isEmpty || !step.functions.isEmpty, "\(step.text)")
            for function in step.functions where !texts.isEmpty {
                #expect(
                    texts.contains { $0.contains("func \(function)(") },
                    "\(function) is in none of \(step.files)"
                )
            }
        }
    }
}
