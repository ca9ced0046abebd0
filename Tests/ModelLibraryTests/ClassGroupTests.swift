import Detection
import Foundation
import Settings
import Testing

@testable import ModelLibrary

@Suite struct ClassGroupTests {
    private static let groups = """

        groups:
          - {name: ringing, label: Ringing, members: [bell, other], rule: {on: 0.3}}
        """

    private func about(_ more: String, _ yaml: String = ModelFolder.yaml) throws -> ModelDescription
    {
        try ModelDescription.read(yaml + more, file: "model.yaml")
    }

    private func refusal(_ more: String) -> String? {
        do {
            _ = try about(more)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Five classes of a network, of which two groups take three.
    private func five(_ groups: [ClassGroup]) -> ModelDescription {
        var about = ModelDescription()
        about.classes = ["bark", "yip", "rain", "hum", "speech"].map {
            SoundClass(name: $0, label: $0)
        }
        about.groups = groups
        return about
    }

    @Test func aModelWithGroupsIsReportedByThemAndItsOtherClassesAreOffBehindThem() throws {
        var about = five([
            ClassGroup(SoundClass(name: "dog", label: "Dog"), members: ["yip", "bark"]),
            ClassGroup(SoundClass(name: "speech", label: "Speech"), members: ["speech"]),
        ])
        about.classes[3].rule.isEnabled = true
        #expect(about.soundClasses.map(\.name) == ["dog", "speech", "rain", "hum"])
        #expect(about.soundClasses.map(\.isEnabled) == [true, true, false, true])
        #expect(about.classRules["rain"]?.isEnabled == false)
        #expect(about.classRules["dog"]?.isEnabled == nil)
        #expect(about.eventClasses.last?.name == "unknown")
    }

    @Test func aGroupScoresAsItsHighestMember() {
        let about = five([
            ClassGroup(SoundClass(name: "dog", label: "Dog"), members: ["yip", "bark"]),
            ClassGroup(SoundClass(name: "noise", label: "Noise"), members: ["hum", "bark"]),
        ])
        let pooled = ClassPool(about).scores(of: [0.25, 0.5, 0.75, 0.125, 1])
        #expect(pooled == [0.5, 0.25, 0.75, 1])
    }

    @Test func theCalibrationOfAGroupIsAppliedToTheHighestScore() {
        var dog = SoundClass(name: "dog", label: "Dog")
        dog.calibration = LogisticCalibration(slope: 1, offset: 1)
        let pooled = ClassPool(five([ClassGroup(dog, members: ["yip", "bark"])]))
            .scores(of: [0.25, 0.5, 0.75, 0.125, 1])
        #expect(abs(pooled[0] - 0.7310586) < 1e-5)
        #expect(pooled.dropFirst() == [0.75, 0.125, 1])
    }

    @Test func aModelWithoutGroupsKeepsItsScores() {
        let scores: [Float] = [0.25, 0.5, 0.75, 0.125, 1]
        #expect(ClassPool(five([])).scores(of: scores) == scores)
    }

    @Test func groupsAreReadWithTheirRule() throws {
        let about = try about(Self.groups)
        #expect(about.groups.map(\.members) == [["bell", "other"]])
        #expect(about.soundClasses.map(\.label) == ["Ringing"])
        #expect(about.classRules["ringing"]?.on == 0.3)
        #expect(about.collectors.isEmpty)
    }

    @Test func aLoadedModelGivesOneScoreAClassThatIsReported() throws {
        let folder = try ModelFolder(yaml: ModelFolder.yaml + Self.groups)
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.classes.map(\.name) == ["ringing"])
        #expect(model.about.classes.count == 2)
    }

    @Test(arguments: [
        ("[bell, bel]", "groups[0].members: found 'bel', allowed: names from 'classes'"),
        ("[bell, bel]", "did you mean 'bell'?"),
        ("[]", "groups[0].members: found a list, allowed: a list of names from 'classes', at"),
        ("[bell, bell]", "groups[0].members: found 'bell' twice, allowed: every class once"),
    ])
    func membersThatCannotBeAreRefusedAtTheirPlace(members: String, expected: String) throws {
        let text = refusal("\ngroups:\n  - {name: x, label: X, members: \(members)}\n")
        #expect(text?.contains("model.yaml:19:34: ") == true, "\(text ?? "")")
        #expect(text?.contains(expected) == true, "\(text ?? "")")
    }

    @Test func namesThatWouldMeanTwoClassesAreRefusedAtTheirPlace() {
        let taken = refusal("\ngroups:\n  - {name: other, label: X, members: [bell]}\n")
        #expect(
            taken?.contains(
                "model.yaml:19:12: groups[0].name: found 'other', which is a class of the network, "
                    + "allowed: another name, or that class among the group's members"
            ) == true,
            "\(taken ?? "")"
        )
        let twice = refusal(
            "\ngroups:\n  - {name: x, label: X, members: [bell]}\n"
                + "  - {name: x, label: X, members: [other]}\n"
        )
        #expect(twice?.contains("20:12: groups[1].name: found 'x' again") == true, "\(twice ?? "")")
    }

    @Test func aGroupWithoutMembersOrWithAReservedNameIsRefused() {
        let none = refusal("\ngroups:\n  - {name: x, label: X}\n")
        #expect(none?.contains("groups[0].members: found nothing") == true, "\(none ?? "")")
        let unknown = refusal("\ngroups:\n  - {name: unknown, label: X, members: [bell]}\n")
        #expect(unknown?.contains("'unknown' is reserved") == true, "\(unknown ?? "")")
    }
}
