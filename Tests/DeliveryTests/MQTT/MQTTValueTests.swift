import Foundation
import Messages
import Settings
import TestSupport
import Testing

@testable import Delivery

@Suite struct MQTTTopicsTests {
    private let topics = MQTTTopics(prefix: "home/box")

    @Test func aNameStaysWithinItsLevel() {
        #expect(topics.state(ofClass: "a/b+c#", source: "p") == "home/box/sources/p/a_b_c_/state")
        #expect(topics.identifier == "home_box")
    }
}

@Suite struct SoundStatesTests {
    private let sound = SoundStates.Sound(source: "porch", className: "dog_bark")

    private func bark(_ id: Int64, isOver: Bool = false) -> EventMessage {
        let start = Date(timeIntervalSince1970: 1_795_176_000)
        return EventMessage(
            id: id,
            source: "porch",
            className: "dog_bark",
            label: "Dog bark",
            start: start,
            end: isOver ? start + 1 : nil,
            peakScore: 0.9,
            meanScore: 0.9,
            levelDBFS: nil,
            model: "m"
        )
    }

    @Test func aSoundThatTwoModelsHearIsOverWhenBothSaySo() {
        var states = SoundStates()
        states.update(with: bark(1))
        states.update(with: bark(2))
        states.update(with: bark(1, isOver: true))
        #expect(states.isHeard(sound))
        states.update(with: bark(2, isOver: true))
        #expect(!states.isHeard(sound))
    }

    @Test func whatEndedUnnoticedIsOver() {
        var states = SoundStates()
        states.update(with: bark(1))
        states.replace(with: [])
        #expect(!states.isHeard(sound))
    }
}

@Suite struct MQTTCommandTests {
    private let topics = MQTTTopics(prefix: "home/box")
    private let thresholds = MadeUpMonitor().thresholds

    private func command(_ topic: String, _ payload: String) throws(ControlError) -> MQTTCommand {
        try MQTTCommand(
            topic: "home/box/models/household-2/\(topic)",
            payload: Data(payload.utf8),
            thresholds: thresholds,
            topics: topics
        )
    }

    @Test func aThresholdAndASwitchAreRead() throws {
        let threshold = try command("rain/threshold/set", " 0.7\n")
        #expect(threshold.className == "rain")
        #expect(threshold.change == ThresholdChange(on: 0.7))
        #expect(try command("rain/reported/set", "OFF").change == .init(isReported: false))
    }

    @Test(arguments: ["", "7", "-1", "nan", "inf", "0,5", "{}", "\u{0}"])
    func whatIsNoThresholdIsRefused(payload: String) {
        #expect(throws: ControlError.self) { try command("rain/threshold/set", payload) }
    }

    @Test func anUnknownClassAndAnotherWordAreRefused() {
        #expect(
            throws: ControlError.invalidValue(
                "There is no class for the topic 'home/box/models/household-2/cow/threshold/set'."
            )
        ) { try command("cow/threshold/set", "0.5") }
        #expect(throws: ControlError.invalidValue("'maybe' is neither ON nor OFF.")) {
            try command("rain/reported/set", "maybe")
        }
    }
}

@Suite struct ReconnectDelayTests {
    @Test func delaysDoubleUpToAMinuteAndBeginAnewAfterAConnection() {
        var delay = ReconnectDelay()
        let delays = (0..<8).map { _ in delay.next(random: 0.5) }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60])
        delay.reset()
        #expect(delay.next(random: 0) == 0.8)
        #expect(abs(delay.next(random: 1) - 2.4) < 1e-9)
    }
}

@Suite struct BrokerAccessTests {
    private func access(_ passwordFile: String) throws -> BrokerAccess {
        var settings = MQTTSettings()
        settings.broker = BrokerAddress("broker.lan")
        settings.usesTLS = true
        settings.passwordFile = passwordFile
        return try #require(BrokerAccess(settings, topics: MQTTTopics(prefix: "home/box")))
    }

    @Test func theUsualPortIsThatOfTheEncryption() throws {
        #expect(try access("p").broker == "broker.lan:8883")
        #expect(try access("p").clientID == "home_box")
    }

    @Test func aPasswordIsTheFirstLineOfItsFileOrCredential() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("se cret\nmore\n", to: "word")
        #expect(try access(path).password(environment: [:]) == "se cret")
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        #expect(try access("credential:word").password(environment: environment) == "se cret")
    }

    @Test func aPasswordThatIsNotThereIsSaid() throws {
        #expect(
            throws: BrokerFault("mqtt.password_file '/nowhere' can't be read.")
        ) { try access("/nowhere").password(environment: [:]) }
        #expect(
            throws: BrokerFault(
                "systemd passed no credential 'word' for mqtt.password_file. Set "
                    + "'LoadCredential=word:FILE' in the unit."
            )
        ) { try access("credential:word").password(environment: [:]) }
    }
}

@Suite struct MQTTStatusTests {
    @Test func aDeafSourceIsAProblem() {
        var status = MadeUpMonitor().status
        var summary = MQTTStatus(status: status, events: 2, waiting: 1)
        #expect(summary.faults.isEmpty)
        #expect(summary.json.text.contains(#""problem":false,"faults":[],"events":2,"waiting":1"#))
        status.sources[0].state = .absent
        status.sources[0].reason = "No such device."
        summary.status = status
        #expect(summary.faults == ["porch is not heard (absent): No such device."])
        #expect(summary.json.text.contains(#""problem":true"#))
    }
}
