import Evaluation
import Testing

@Suite struct ModelFileTextTests {
    private let text = """
        rule:
          on: 0.8
        # What is heard.
        classes:
          - name: dog_bark
            label: Dog bark
            rule: {smoothing: 3, on: 0.6, off: 0.35}  # barks
          - name: rain
            label: Rain
            rule:
              smoothing: 9
              on: 0.7 # long
              min_duration_s: 2

          # Has no rule.
          - name: rooster
            label: Rooster

        provenance:
          recipe: none
        """

    @Test func aRuleOnOneLineIsChangedInPlace() {
        #expect(
            changed("dog_bark", on: 0.9, off: 0.5).contains(
                "    rule: {smoothing: 3, on: 0.9, off: 0.5}  # barks\n"
            )
        )
    }

    @Test func aRuleInABlockIsChangedInPlace() {
        #expect(
            changed("rain", on: 0.55, off: 0.25).contains(
                "    rule:\n      off: 0.25\n      smoothing: 9\n      on: 0.55 # long\n"
            )
        )
    }

    @Test func aClassWithoutARuleGetsOne() {
        #expect(
            changed("rooster", on: 0.95, off: 0.6).contains(
                "    label: Rooster\n    rule: {on: 0.95, off: 0.6}\n\nprovenance:"
            )
        )
    }

    @Test func allElseStays() {
        let before = text.split(separator: "\n", omittingEmptySubsequences: false)
        let after = changed("dog_bark", on: 0.9, off: 0.5)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(zip(before, after).count { $0 != $1 } == 1)
        #expect(before.count == after.count)
    }

    @Test func aClassThatIsNotThereOrWrittenOtherwiseIsRefused() {
        var file = ModelFileText(text)
        let isSet = file.set("siren", on: 0.9, off: 0.5)
        #expect(!isSet)
        var flow = ModelFileText("classes:\n  - {name: siren, label: Siren}\n")
        let isFlowSet = flow.set("siren", on: 0.9, off: 0.5)
        #expect(!isFlowSet)
        #expect(flow.text == "classes:\n  - {name: siren, label: Siren}\n")
    }

    private func changed(_ name: String, on: Float, off: Float) -> String {
        var file = ModelFileText(text)
        let isSet = file.set(name, on: on, off: off)
        #expect(isSet)
        return file.text
    }
}
