import Detection
import ModelLibrary
import Settings
import Testing

@testable import Monitor

/// What the demo shows to whoever tries it: the scene as the model hears it that is used while the
/// configuration says nothing, by that model's own rules.
@Suite struct DemoSceneEventsTests {
    private static let rateHz = 16_000.0
    /// The scene is 283 and a third hops long: in three rounds each sound has met the grid of
    /// windows in every way that it can.
    private static let rounds = 3

    private let model: SoundModel
    private let settings: AnalysisSettings

    init() throws {
        model = try ShippedModel.load(MonitorConfiguration().model)
        settings = try MonitorConfiguration().analysisSettings(for: model)
    }

    private var sounds: [(name: String, start: Double, end: Double)] {
        (0..<Self.rounds).flatMap { round in
            let begin = Double(round) * DemoScene.durationSeconds
            return DemoScene.sounds.map {
                ($0.className, begin + $0.startSeconds, begin + $0.endSeconds)
            }
        }
    }

    private func events() throws -> [(name: String, start: Double, end: Double)] {
        let analysis = try SourceAnalysis(
            model: model,
            sampleRateHz: Int(Self.rateHz),
            gate: settings.gate,
            detection: settings.detection
        )
        let scene = DemoScene.make()
        var transitions: [EventTransition] = []
        let take = { (step: SourceAnalysis.Step) in transitions += step.transitions }
        for _ in 0..<Self.rounds { try analysis.process(scene.span, each: take) }
        transitions += try analysis.finish(each: take).map(\.transition)
        return transitions.compactMap { transition in
            guard case .ended(let event) = transition else { return nil }
            return (
                model.about.eventClasses[event.classIndex].name,
                Double(event.start.index) / Self.rateHz, Double(event.end.index) / Self.rateHz
            )
        }
    }

    @Test func everySoundOfTheSceneIsOfAClassThatTheModelHas() {
        let names = Set(model.classes.map(\.name))
        #expect(DemoScene.sounds.allSatisfy { names.contains($0.className) })
    }

    @Test func everySoundWhoseClassIsOnIsAnEventAtItsTimeInEachRoundAndNothingElseIs() throws {
        let events = try events()
        for sound in sounds {
            let own = events.filter {
                $0.name == sound.name && $0.start < sound.end && $0.end > sound.start
            }
            let isOn = settings.detection.rule(for: sound.name).isEnabled
            #expect(own.isEmpty == !isOn, "\(sound): \(events)")
        }
        for event in events {
            #expect(
                sounds.contains {
                    $0.name == event.name && $0.start < event.end && $0.end > event.start
                },
                "\(event) is not in the scene"
            )
        }
    }
}
