import ModelLibrary
import Testing

/// A model that is told by cadences instead of a network.
@Suite struct CadenceModelTests {
    private static let yaml = """
        name: dryer
        version: "1"
        description: For tests.
        classes:
          - {name: dryer_end, label: Dryer is done}
        cadences:
          - {class: dryer_end, frequency_hz: [1900, 2100], on_s: 0.3, pulses: 5, period_s: 10,
             off_s: 0.2}
        """

    private func problems(replacing old: String, with new: String) -> [String] {
        do {
            _ = try ModelDescription.read(Self.yaml.replacing(old, with: new), file: "model.yaml")
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    @Test func aFolderWithoutANetworkIsAModelOfItsCadences() throws {
        let folder = try ModelFolder(yaml: Self.yaml, network: nil)
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.classes.map(\.name) == ["dryer_end"])
        #expect(model.trialFault == nil)
        // Two periods and a group of 2.3 s, a seventh longer.
        #expect(abs(model.about.windowSeconds - 22.3 * 1.15) < 0.1)
    }

    @Test func whereANetworkIsNeededTheMessageSaysThatThereIsNone() throws {
        let folder = try ModelFolder(yaml: Self.yaml, network: nil)
        let model = try SoundModel.load(folder: folder.path)
        let error = #expect(throws: ModelFolderError.self) { try model.makeSession() }
        #expect(
            error?.description.hasSuffix(
                "the model 'dryer' has cadences instead of a network. Give another model."
            ) == true
        )
    }

    @Test(arguments: [
        ("pulses: 5", "pulses: 0", "pulses: found '0', allowed: a whole number from 1 to 20"),
        ("[1900, 2100]", "[2100, 1900]", "frequency_hz: found "),
        ("on_s: 0.3", "on_s: 0.01", "on_s: found '0.01', allowed: a number from 0.08 to 10"),
        ("class: dryer_end", "class: dryer", "class: found 'dryer', allowed: dryer_end"),
        ("period_s: 10", "period_s: 2", "period_s: found 2, allowed: at least the pulses"),
        ("period_s: 10", "period_s: 40", "period_s: found 40, allowed: so little that"),
        ("on_s: 0.3, ", "", "on_s: found nothing"),
    ])
    func aBadValueIsRefusedInOneLineWithItsPlace(old: String, new: String, message: String) {
        let found = problems(replacing: old, with: new)
        #expect(found.count == 1)
        #expect(found.first?.contains("cadences[0].\(message)") == true, "\(found)")
        #expect(found.first?.hasPrefix("model.yaml:7:") == true, "\(found)")
    }

    private static let tune = """
        name: dryer
        version: "1"
        description: For tests.
        classes:
          - {name: dryer_end, label: Dryer is done}
        tunes:
          - {class: dryer_end,
             notes: [{hz: 1047, on_s: 0.2}, {hz: 1319, on_s: 0.4}, {hz: 880, on_s: 0.4}]}
        """

    @Test func aFolderWithATuneIsAModelToo() throws {
        let folder = try ModelFolder(yaml: Self.tune, network: nil)
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.classes.map(\.name) == ["dryer_end"])
        // Twice a second, a tenth longer, and a second.
        #expect(abs(model.about.windowSeconds - 3.2) < 0.1)
    }

    @Test(arguments: [
        ("{hz: 1047, on_s: 0.2}, ", "", ".notes: found 2 notes, allowed: 3 to 24 notes"),
        ("hz: 1319", "hz: 100", ".notes[1].hz: found '100', allowed: a number from 200 to 7800"),
        (
            "1319, on_s: 0.4", "1319, on_s: 0",
            ".notes[1].on_s: found '0', allowed: a number from 0.08 to 10"
        ),
        ("class: dryer_end", "class: dryer", ".class: found 'dryer', allowed: dryer_end"),
    ])
    func aTuneThatCannotBeIsRefusedInOneLine(old: String, new: String, message: String) {
        do {
            _ = try ModelDescription.read(Self.tune.replacing(old, with: new), file: "model.yaml")
            Issue.record("'\(new)' was taken")
        } catch {
            let found = "\(error)".split(separator: "\n")
            #expect(found.count == 1, "\(found)")
            #expect(found.first?.contains("tunes[0]\(message)") == true, "\(found)")
        }
    }

    @Test func anEmptyListOfCadencesIsRefused() {
        let start = Self.yaml.firstRange(of: "\ncadences:")?.lowerBound ?? Self.yaml.endIndex
        let found = problems(replacing: String(Self.yaml[start...]), with: "\ncadences: []")
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("an empty list, allowed: at least one of cadences") == true)
    }
}
