import Foundation
import Settings
import Testing

/// Holds the documentation and the sample against the table that the program reads by.
@Suite struct SettingsDocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let descriptions = MonitorConfiguration.settings.descriptions(
        defaults: MonitorConfiguration()
    )

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The sample with every setting that is commented out switched on.
    private func uncommentedSample() throws -> String {
        try text("config/earwitness.yaml").split(separator: "\n", omittingEmptySubsequences: false)
            .map { line -> Substring in
                guard let hash = line.firstIndex(of: "#"),
                    line[..<hash].allSatisfy({ $0 == " " }),
                    let next = line[line.index(after: hash)...].first, next.isLetter
                else { return line }
                return line[..<hash] + line[line.index(after: hash)...]
            }
            .joined(separator: "\n")
    }

    @Test func everySettingHasItsRowInTheDocumentation() throws {
        let rows = try text("docs/settings.md").split(separator: "\n").map(String.init)
        for description in descriptions {
            #expect(
                rows.contains(description.documentationRow),
                "docs/settings.md lacks this row:\n\(description.documentationRow)"
            )
        }
    }

    @Test func theDocumentationHasNoRowOfASettingThatIsGone() throws {
        let known = Set(descriptions.map(\.documentationRow))
        let rows = try text("docs/settings.md").split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("| `") && $0.split(separator: "|").count == 5 }
        for row in rows {
            #expect(known.contains(row), "docs/settings.md has this row, the program does not")
        }
    }

    @Test func everySettingStandsInTheSample() throws {
        let sample = try uncommentedSample()
        for description in descriptions {
            let key = description.key.split(separator: ".").last ?? ""
            #expect(
                sample.contains("\(key):"),
                "config/earwitness.yaml lacks the setting \(description.key)"
            )
        }
    }

    @Test func theSampleAsItIsPassesTheCheckAndChangesNothing() throws {
        let path = Self.root.appendingPathComponent("config/earwitness.yaml").path
        #expect(try MonitorConfiguration.check(path: path).isEmpty)
        let loaded = try MonitorConfiguration.load(
            path: path,
            environment: [:],
            overridesPath: nil
        )
        #expect(MonitorConfiguration().changes(to: loaded).isEmpty)
    }

    @Test func theSampleWithEverySettingSwitchedOnPassesTheCheckAndStatesTheDefaults() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write(uncommentedSample())
        #expect(try MonitorConfiguration.check(path: path).isEmpty)
        let loaded = try MonitorConfiguration.load(
            path: path,
            environment: [:],
            overridesPath: nil
        )
        let changed = MonitorConfiguration().changes(to: loaded).map(\.key)
            .filter { key in
                !["detection.", "clips.classes.", "rules."].contains { key.hasPrefix($0) }
            }
        #expect(changed.isEmpty)
    }
}
