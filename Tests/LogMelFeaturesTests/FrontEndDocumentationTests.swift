import Foundation
import Testing
import Yams

@testable import LogMelFeatures

/// A key, choice or preset that docs/front-ends.md does not mention is a failure.
@Suite struct FrontEndDocumentationTests {
    private let page: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "docs/front-ends.md").path
        let data = try #require(FileManager.default.contents(atPath: path), "no file at \(path)")
        page = try #require(String(bytes: data, encoding: .utf8))
    }

    private func expectDocumented<Name: CaseIterable & RawRepresentable<String>>(_: Name.Type) {
        for name in Name.allCases {
            #expect(
                page.contains("`\(name.rawValue)`"),
                "\(name.rawValue) of \(Name.self)"
            )
        }
    }

    @Test func everyKeyIsDocumented() {
        expectDocumented(FrontEnd.CodingKeys.self)
        expectDocumented(Compression.CodingKeys.self)
        expectDocumented(Normalisation.CodingKeys.self)
    }

    @Test func everyChoiceIsDocumented() {
        expectDocumented(Representation.self)
        expectDocumented(WindowShape.self)
        expectDocumented(WindowPlacement.self)
        expectDocumented(Framing.self)
        expectDocumented(EdgePadding.self)
        expectDocumented(SpectrumKind.self)
        expectDocumented(MelScale.self)
        expectDocumented(MelNormalisation.self)
        expectDocumented(TriangleAxis.self)
        expectDocumented(PatchLayout.self)
        expectDocumented(Compression.Kind.self)
        expectDocumented(Normalisation.Kind.self)
        expectDocumented(PCENSettings.Start.self)
    }

    @Test func everyPresetIsDocumented() {
        expectDocumented(Preset.self)
    }

    @Test func exampleOfThePageIsAValidFrontEnd() throws {
        let example = try #require(page.firstMatch(of: #/```yaml\nfront_end:\n([\s\S]*?)```/#)).1
        let frontEnd = try YAMLDecoder().decode(FrontEnd.self, from: String(example))
        try frontEnd.validate()
        #expect(frontEnd.maximumFrequencyHz == 7_800)
        #expect(frontEnd.normalisation == .global(mean: -3, deviation: 4.4))
    }
}
