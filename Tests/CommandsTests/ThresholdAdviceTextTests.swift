import Foundation
import Messages
import Testing

@testable import Commands

/// What `thresholds suggest` prints.
@Suite struct ThresholdAdviceTextTests {
    private func answer(
        _ verdict: ThresholdAdviceMessage.Verdict,
        on: Double? = nil
    ) -> ThresholdAdviceMessage {
        var inForce = KeptEventsMessage(on: 0.447)
        (inForce.events, inForce.right, inForce.wrong, inForce.unlabelled) = (61, 12, 9, 40)
        inForce.wrongPerWeek = 13.1
        var message = ThresholdAdviceMessage(
            className: "dog_bark",
            modelName: "household-2",
            from: Date(timeIntervalSince1970: 1_790_000_000),
            to: Date(timeIntervalSince1970: 1_792_592_000),
            listenedSeconds: 14 * 86_400,
            maxFalseAlarmsPerWeek: 1,
            verdict: verdict,
            inForce: inForce,
            remarks: []
        )
        guard verdict != .tooFewLabels, verdict != .noScores else { return message }
        var kept = KeptEventsMessage(on: on ?? 0.995)
        (kept.events, kept.right, kept.wrong, kept.unlabelled) = (20, 11, 1, 8)
        (kept.knownSounds, kept.knownSoundsKept) = (12, 11)
        (kept.keptShareLow, kept.keptShareHigh) = (0.615, 0.998)
        (kept.wrongPerWeek, kept.wrongPerWeekLow, kept.wrongPerWeekHigh) = (0.833, 0.006, 5.1)
        kept.wrongPerWeekIfUnlabelledWrong = 4.5
        kept.wrongPerWeekIfUnlabelledRight = 0.5
        (message.on, message.suggested) = (on, kept)
        return message
    }

    @Test func aSuggestionSaysWhatItKeepsHowSureItIsAndHowToSetIt() {
        let text = ThresholdAdviceText(answer(.suggested, on: 0.62))
        #expect(text.whyNone == nil)
        for part in [
            "61 event(s) in 14.0 days listened to, 12 labelled right, 9 wrong, 40 not labelled",
            "0.8", "0.0 to 5.1", "0.5 to 4.5",
            "At 0.62 11 of 12 sounds that labels call dog_bark are kept (95 % interval of the "
                + "share: 62 % to 100 %).",
            "The interval reaches beyond 1.0 a week",
            "\n    earwitness thresholds set dog_bark 0.62\n",
        ] {
            #expect(text.text.contains(part), "\(part): \(text.text)")
        }
        let named = ThresholdAdviceText(answer(.suggested, on: 0.62), namesModel: true)
        #expect(named.text.contains("set dog_bark 0.62 --model household-2\n"))
    }

    @Test func withoutASuggestionTheReasonSaysWhatToDo() {
        for (verdict, words) in [
            (
                ThresholdAdviceMessage.Verdict.tooFewLabels,
                "Only 21 of 61 events of 'dog_bark' are labelled, and fewer than 10 tell too little. "
                    + "Label more of them"
            ),
            (.noScores, "No scores of 'dog_bark' are stored from "),
            (
                .noThreshold,
                "at 0.995 there would still be 0.8 a week. Allow more, or switch the class off: "
                    + "earwitness thresholds set dog_bark off"
            ),
        ] {
            let text = ThresholdAdviceText(answer(verdict))
            #expect(text.whyNone?.contains(words) == true, "\(text.whyNone ?? "")")
            #expect(!text.text.contains("To set it"))
        }
        let stays = ThresholdAdviceText(answer(.inForce, on: 0.447))
        #expect(stays.whyNone == nil)
        #expect(stays.text.contains("The threshold in force keeps few enough"))
    }
}
