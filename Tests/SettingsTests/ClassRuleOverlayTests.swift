import Detection
import Settings
import Testing

@Suite struct ClassRuleOverlayTests {
    @Test func anEmptyOverlayChangesNothing() {
        #expect(ClassRuleOverlay().applied(to: ClassRule()) == ClassRule())
    }

    @Test func movingOnAloneMovesOffInProportion() {
        var overlay = ClassRuleOverlay()
        overlay.on = 0.4
        let rule = overlay.applied(to: ClassRule())
        #expect(rule.on == 0.4)
        #expect(rule.off == 0.25)
    }

    @Test func offNeverLiesAboveOn() {
        var overlay = ClassRuleOverlay()
        overlay.off = 0.9
        #expect(overlay.applied(to: ClassRule()).off == 0.8)
        overlay.on = 0
        #expect(overlay.applied(to: ClassRule()).off == 0)
    }

    @Test func offAboveOnInOneOverlayIsAContradiction() {
        var overlay = ClassRuleOverlay()
        overlay.on = 0.5
        overlay.off = 0.6
        #expect(overlay.contradiction()?.key == "off")
    }

    @Test(arguments: [
        ("7", WindowSmoothing(windows: 7)), ("mean 1", WindowSmoothing(windows: 1)),
        ("median 5", WindowSmoothing(kind: .median, windows: 5)),
        ("exponential 64", WindowSmoothing(kind: .exponential, windows: 64)),
        ("0", nil), ("65", nil), ("mode 3", nil), ("mean", nil), ("mean 3 4", nil),
    ])
    func smoothingIsANumberOfWindowsWithOrWithoutItsKind(text: String, value: WindowSmoothing?) {
        #expect(read("smoothing: \(text)").smoothing == value)
    }

    @Test(arguments: [
        ("2 of 3", WindowConfirmation(hits: 2, windows: 3)),
        ("1 of 1", WindowConfirmation(hits: 1, windows: 1)),
        ("3 of 2", nil), ("0 of 2", nil), ("2", nil), ("2 in 3", nil), ("1 of 65", nil),
    ])
    func confirmationIsSomeOfSoManyWindows(text: String, value: WindowConfirmation?) {
        #expect(read("confirmation: \(text)").confirmation == value)
    }

    @Test func maximumDurationCanBeSwitchedOffOverAModelsOwn() {
        var rule = ClassRule()
        rule.maxDurationSeconds = 30
        #expect(read("max_duration_s: off").applied(to: rule).maxDurationSeconds == nil)
        #expect(read("max_duration_s: 60").applied(to: rule).maxDurationSeconds == 60)
        #expect(read("on: 0.5").applied(to: rule).maxDurationSeconds == 30)
    }

    private func read(_ text: String) -> ClassRuleOverlay {
        var overlay = ClassRuleOverlay()
        var reading = DocumentReading()
        if let node = try? YAMLReader.read(text, file: "f", reading: &reading) {
            ClassRuleOverlay.settings.read(node, path: "", into: &overlay, reading: &reading)
        }
        return overlay
    }
}
