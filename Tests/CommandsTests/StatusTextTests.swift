import Foundation
import Messages
import Testing

@testable import Commands

@Suite struct StatusTextTests {
    private static let started = Date(timeIntervalSince1970: 1_795_176_000)

    private func status(
        database: DatabaseStatusMessage = DatabaseStatusMessage(
            path: "/s/events.sqlite",
            sizeBytes: 4_200_000
        ),
        models: [ModelStatusMessage] = [
            ModelStatusMessage(name: "test", version: "1", classCount: 3)
        ],
        sources: [SourceStatusMessage] = []
    ) -> String {
        StatusText(
            StatusMessage(
                version: "0.1.0",
                started: Self.started,
                uptimeSeconds: 7_290,
                models: models,
                database: database,
                sources: sources
            )
        ).text
    }

    @Test func aServiceThatIsWellTakesFourLines() {
        #expect(
            status() == """
                earwitness 0.1.0, up 2 h 1 min
                model      test 1, 3 classes
                database   /s/events.sqlite, 4.2 MB
                clips      off

                """
        )
    }

    @Test func aBrokerIsShownWithWhatWaitsForIt() {
        let mqtt = MQTTStatusMessage(
            broker: "broker.lan:1883",
            isConnected: false,
            since: Self.started.addingTimeInterval(7_110),
            fault: "It can't be reached.",
            waiting: 2
        )
        let line = mqtt.line(now: Self.started.addingTimeInterval(7_290)) { "\(Int($0)) s" }
        #expect(line == "not connected to broker.lan:1883 for 180 s; 2 event(s) wait")
    }

    @Test func theAgeOfTheIntegrityCheckGoesByTheServicesOwnClock() {
        var database = DatabaseStatusMessage(path: "/s/events.sqlite", sizeBytes: 0)
        database.checked = Self.started.addingTimeInterval(7_110)
        #expect(status(database: database).contains(", integrity check passed 3 min 0 s ago\n"))
    }

    @Test func aFaultAndWhatWaitsAreShown() {
        var database = DatabaseStatusMessage(path: "/s/events.sqlite", sizeBytes: 0)
        database.fault = "The disk is full."
        database.spooledEvents = 2
        database.waitingEvents = 1
        let text = status(database: database)
        #expect(text.contains("\n           FAULT: The disk is full.\n"))
        #expect(
            text.contains(
                "\n           2 event(s) in the spool and 1 in memory wait to be written.\n"
            )
        )
    }

    @Test func aSourceThatListensHasItsFormatLevelAndScores() {
        let source = SourceStatusMessage(
            name: "porch",
            device: "hw:1",
            models: ["test"],
            state: .listening,
            sampleRateHz: 48_000,
            channels: 1,
            isRealtime: true,
            levelDBFS: -40.04,
            isGateOpen: true,
            topScores: [ScoreMessage(className: "rain", score: 0.875)],
            hopSeconds: 0.96,
            hopStride: 2
        )
        let text = status(sources: [source])
        for line in [
            "source     porch: listening, hw:1", "  format   48000 Hz, 1 channel(s), real-time",
            "  level    -40.0 dBFS, gate open", "  scores   rain 0.88",
            "  hop      0.96 s, 2 times the configured hop: the machine can't keep up",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
        #expect(!text.contains("models"))
    }

    @Test func aSourceThatIsAbsentHasTheReasonAndNoLevel() {
        let source = SourceStatusMessage(
            name: "porch",
            device: "hw:1",
            state: .absent,
            reason: "It is gone.",
            levelDBFS: -40
        )
        let text = status(sources: [source])
        #expect(text.contains("source     porch: absent, hw:1\n           It is gone.\n"))
        #expect(!text.contains("level"))
    }

    @Test func withSeveralModelsTheSourceNamesItsOwn() {
        let models = ["a", "b"].map { ModelStatusMessage(name: $0, version: "1", classCount: 3) }
        let source = SourceStatusMessage(
            name: "porch",
            device: "hw:1",
            models: ["a", "b"],
            state: .gated
        )
        #expect(status(models: models, sources: [source]).contains("  models   a, b\n"))
    }
}
