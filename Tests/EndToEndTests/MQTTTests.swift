import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service at a real mosquitto.
    @Suite(.enabled(if: MosquittoBroker.isInstalled, Comment(rawValue: MosquittoBroker.whyLeftOut)))
    struct MQTTTests {
        private let home: TestHome
        private let broker: MosquittoBroker

        init() throws {
            home = try TestHome()
            broker = try MosquittoBroker()
            try home.write(
                """
                web: {listen: off}
                mqtt: {broker: '127.0.0.1:\(broker.port)', topic: home/box, home_assistant: true}

                """,
                to: "earwitness.yaml"
            )
        }

        @Test func whatTheServiceHearsReachesTheBrokerAndItsDeathToo() throws {
            let live = try broker.subscribe("home/box/#")
            let devices = try broker.subscribe("homeassistant/#", name: "devices")
            let program = try home.program()
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            try Wait.until("an event arrives", seconds: 60) {
                !live.payloads("home/box/event").isEmpty
            }
            let text = try #require(live.payloads("home/box/event").first)
            let event = try #require(JSONLines.objects(in: text).first)
            let id = try #require(event["id"] as? Int)
            let name = try #require(event["class"] as? String)
            #expect(
                try home.query(
                    """
                    SELECT class.name FROM event JOIN class ON class.id = event.class_id
                    WHERE event.id = \(id) AND end_utc_ms IS NOT NULL
                    """
                ) == name
            )
            let states = live.payloads("home/box/sources/demo/\(name)/state")
            #expect(states.contains("ON") && states.contains("OFF"), "\(states)")
            #expect(live.payloads("home/box/availability") == ["online"])
            #expect(devices.payloads("homeassistant/device/home_box/config").count == 1)
            #expect(
                try program.run("status").output.contains("\nmqtt       connected to 127.0.0.1:")
            )
            try Wait.until("it is taken off the queue") {
                let mqtt = try program.status()["mqtt"] as? [String: Any]
                return mqtt?["waiting"] as? Int == 0 && mqtt?["delivered"] as? Int != 0
            }
            service.send(SIGKILL)
            try Wait.until("the broker publishes the last will") {
                live.payloads("home/box/availability") == ["online", "offline"]
            }
        }

        @Test func aServiceThatEndsPublishesWhatItClosedAndThatItIsOffline() throws {
            let live = try broker.subscribe("home/box/#")
            let program = try home.program()
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            try Wait.until("a sound goes on", seconds: 60) {
                live.messages.contains { $0.topic.hasSuffix("/state") && $0.payload == "ON" }
            }
            #expect(service.terminate().status == 0)
            try Wait.until("it is offline") {
                live.payloads("home/box/availability") == ["online", "offline"]
            }
            let count = try home.query("SELECT count(*) FROM event WHERE end_utc_ms IS NOT NULL")
            #expect("\(live.payloads("home/box/event").count)" == count)
            let numbers = live.payloads("home/box/event").compactMap {
                JSONLines.objects(in: $0).first?["id"] as? Int
            }
            #expect(Set(numbers).count == numbers.count)
        }
    }
}
