import Detection
import SettingsSchema
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
}
