import Testing

/// Holds the sources against the table in `docs/architecture.md`.
@Suite struct ArchitectureTests {
    private func table() throws -> ArchitectureTable {
        ArchitectureTable(page: try RepositoryRoot.text("docs/architecture.md"))
    }

    @Test func everyTargetHasItsRowAndEveryRowItsTarget() throws {
        let documented = try table().rows.map(\.target).sorted()
        let present = try RepositoryRoot.folders(in: "Sources")
        #expect(documented == present)
    }

    @Test func everyTargetImportsWhatItsRowSaysAndNothingElse() throws {
        for row in try table().rows {
            var actual = row
            actual.imports = try SourceImports.modules(ofTarget: row.target)
            #expect(
                row == actual,
                "If the dependency is meant, scripts/update-architecture writes this row:\n\(actual.text)"
            )
        }
    }

    @Test func importsOfEveryFormAreFound() {
        let text = """
            import Alpha
            package import Beta
            @preconcurrency internal import Gamma
            @testable import struct Delta.Name
            // import Epsilon
            let text = "import Zeta"
            """
        #expect(SourceImports.imports(of: text) == ["Alpha", "Beta", "Gamma", "Delta"])
    }
}
