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

        /// The functions, `StreamDates.date(_:appendingTo:)`, each with the file named last before it.
        var functions: [(name: String, file: String?)] {
            var file: String?
            return names.compactMap { name in
                if name.hasSuffix(".swift") { file = name }
                return name.hasSuffix(")") ? (name, file) : nil
            }
        }
    }

    private func section() throws -> String {
        let page = try RepositoryRoot.text("docs/architecture.md")
        let section = try #require(
            page.components(separatedBy: "\n## The walk of one sample\n").last
        )
        return section.components(separatedBy: "\n## ")[0]
    }

    private func steps() throws -> [Step] {
        let walk = try section()
        return walk.components(separatedBy: "\n\n")
            .flatMap { $0.replacing("\n   ", with: " ").split(separator: "\n").map(String.init) }
            .filter { $0.first?.isNumber == true }
            .map(Step.init)
    }

    @Test func theWalkLeadsFromTheSoundCardToTail() throws {
        let steps = try steps()
        #expect(steps.count >= 12)
        #expect(steps.first?.files.first?.hasPrefix("Sources/AudioCapture/") == true)
        #expect(steps.last?.files.last?.hasPrefix("Sources/Commands/") == true)
    }

    @Test func everyFunctionOfTheWalkIsDeclaredByItsTypeInTheFileBesideIt() throws {
        for step in try steps() {
            #expect(!step.functions.isEmpty, "no function in the step: \(step.text)")
            for (name, file) in step.functions {
                let file = try #require(file, "no file before \(name)")
                let declared = DeclaredFunctions(in: try RepositoryRoot.text(file)).names
                #expect(declared.contains(name), "\(file) has no \(name)")
            }
        }
    }

    @Test func everyFileThatTheWalkNamesExists() throws {
        let files = Step(try section()).files
        #expect(files.count > 20)
        for file in files { _ = try RepositoryRoot.text(file) }
    }

    @Test func aFunctionIsKnownByItsTypeAndItsLabels() {
        let declared = DeclaredFunctions(
            in: """
                package struct Clock: Sendable {
                    mutating func observe(
                        sample: Int,
                        map: (Int, Int) -> Int = { _, _ in 0 }
                    ) -> Double? { nil }
                    struct Inner {
                        func hidden() {}
                    }
                }

                extension Meter {
                    private static func end(_ time: Int, of level: [Int: Int]) {}
                }
                """
        )
        #expect(declared.names == ["Clock.observe(sample:map:)", "Meter.end(_:of:)"])
    }
}
