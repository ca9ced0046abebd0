import Foundation
import Messages
import Settings
import TestSupport
import Testing

@testable import Delivery

/// The service at a real mosquitto on the loopback.
@Suite(.enabled(if: MosquittoBroker.isInstalled, Comment(rawValue: MosquittoBroker.whyLeftOut)))
struct MQTTServiceTests {
    @Test func eventsStatesAndLevelsArriveAtTheirTopics() async throws {
        let broker = try MosquittoBroker()
        let live = try broker.subscribe("home/box/#")
        let barks = "home/box/sources/porch/dog_bark/state"
        try await MQTTWorld.run(port: broker.port) { world in
            try await wait(until: "the first states") { live.payloads(barks) == ["OFF"] }
            world.monitor.publish(1, isOver: false)
            try await wait(until: "the bark begins") { live.payloads(barks) == ["OFF", "ON"] }
            #expect(live.payloads("home/box/event").isEmpty, "it is not over")
            let event = world.monitor.publish(1)
            try await wait(until: "the bark is over") {
                live.payloads(barks).last == "OFF"
                    && live.payloads("home/box/event") == [event.json.text]
            }
            world.monitor.send(
                .level(
                    LevelMessage(source: "porch", time: Date(), levelDBFS: -31, isGateOpen: true)
                )
            )
            let level = "home/box/sources/porch/level"
            try await wait(until: "a level") { live.payloads(level).count == 1 }

            // Who comes later gets the values, but no event.
            let late = try broker.subscribe("home/box/#", name: "late")
            try await wait(until: "the values are there") { late.messages.count >= 6 }
            #expect(late.messages.allSatisfy { $0.isRetained })
            #expect(late.payloads("home/box/availability") == ["online"])
            #expect(late.payloads(barks) == ["OFF"])
            #expect(late.payloads("home/box/last_event") == [event.json.text])
            #expect(late.payloads("home/box/sources/porch/rain/state") == ["OFF"])
            #expect(late.payloads("home/box/sources/porch/thunder/state").isEmpty)
            #expect(late.payloads("home/box/event").isEmpty)
            #expect(late.payloads("home/box/status").first?.contains(#""problem":false"#) == true)
        }
        try await wait(until: "the end") {
            live.payloads("home/box/availability") == ["online", "offline"]
        }
        #expect(!live.messages.contains { $0.topic.hasPrefix("homeassistant") })
    }

    @Test func eventsOfATimeWithoutABrokerArriveOnceEachInTheirOrder() async throws {
        let broker = try MosquittoBroker()
        let live = try broker.subscribe("home/box/event")
        func numbers() -> [Int64] {
            live.messages.compactMap { message in
                (try? JSONDecoder().decode(EventMessage.self, from: Data(message.payload.utf8)))?.id
            }
        }
        try await MQTTWorld.run(port: broker.port) { world in
            try await world.waitUntilConnected()
            for id in 1...20 { world.monitor.publish(Int64(id)) }
            try await wait(until: "the first events") { numbers().count == 20 }
            try await broker.stop()
            for id in 21...60 { world.monitor.publish(Int64(id)) }
            try await wait(until: "they wait") {
                world.service.status.waiting == 40 && world.service.status.fault != nil
            }
            #expect(!world.service.status.isConnected)
            try broker.start()
            try await wait(until: "all are there") { numbers().count >= 60 }
            // Stopped in the midst of it.
            for id in 61...200 { world.monitor.publish(Int64(id)) }
            try await broker.stop()
            try broker.start()
            try await wait(until: "none waits") {
                Set(numbers()).count == 200 && world.service.status.waiting == 0
            }
            // A broker that ends between taking an event and saying so gets that one again.
            #expect(numbers().count <= 201)
            let found = numbers()
            #expect(Array(found.prefix(60)) == Array(1...60))
            #expect(found == found.sorted())
        }
    }

    @Test func eventsThatWaitedOverARestartOfTheServiceArrive() async throws {
        let broker = try MosquittoBroker()
        let live = try broker.subscribe("home/box/event")
        let monitor = MadeUpMonitor()
        let outbox = Outbox.inMemory()
        try await broker.stop()
        try await MQTTWorld.run(port: broker.port, monitor: monitor, outbox: outbox) { world in
            try await wait(until: "it began") {
                try world.outbox.progress(of: MQTTEvents.channel) != nil
            }
            monitor.publish(1)
            monitor.publish(2, isOver: false)
            monitor.publish(3)
            try await wait(until: "two wait") { world.service.status.waiting == 2 }
        }
        // It ended while nobody published.
        let second = MadeUpMonitor()
        for id in 1...4 { second.publish(Int64(id)) }
        try broker.start()
        try await MQTTWorld.run(port: broker.port, monitor: second, outbox: outbox) { world in
            try await wait(until: "all four") { live.messages.count == 4 }
            second.publish(5)
            try await wait(until: "a fifth") { live.messages.count == 5 }
        }
        let ids = live.messages.map { $0.payload.prefix { $0 != "," } }
        #expect(ids == [#"{"id":1"#, #"{"id":3"#, #"{"id":2"#, #"{"id":4"#, #"{"id":5"#])
    }

    @Test func aWrongPasswordIsSaidAndTheRightOneTried() async throws {
        let folder = try TemporaryFolder()
        let hashes = folder.file("users")
        let maker = try ChildProcess(
            ["/usr/bin/mosquitto_passwd", "-b", "-c", hashes, "box", "right"],
            environment: [:]
        )
        #expect(try await maker.end() == 0)
        let broker = try MosquittoBroker("allow_anonymous false\npassword_file \(hashes)")
        let password = try folder.write("wrong\n", to: "password")
        try await MQTTWorld.run(port: broker.port) { settings in
            settings.user = "box"
            settings.passwordFile = password
        } _: { world in
            try await wait(until: "the refusal") { world.service.status.fault != nil }
            #expect(
                world.service.status.fault
                    == "The MQTT broker 127.0.0.1:\(broker.port) refuses the login. Check mqtt.user "
                    + "and mqtt.password_file."
            )
            try folder.write("right\n", to: "password")
            try await world.waitUntilConnected()
            #expect(world.service.status.fault == nil)
        }
    }

    @Test func homeAssistantIsToldAgainWhenItHasStarted() async throws {
        let broker = try MosquittoBroker()
        let topic = "homeassistant/device/home_box/config"
        let live = try broker.subscribe("homeassistant/device/#")
        try await MQTTWorld.run(port: broker.port) {
            $0.homeAssistant = true
        } _: { world in
            try await wait(until: "the device") { live.payloads(topic).count == 1 }
            try await broker.publish("homeassistant/status", "online")
            try await wait(until: "the device again") { live.payloads(topic).count == 2 }
            #expect(live.payloads(topic)[0] == live.payloads(topic)[1])
        }
    }

    @Test func commandsAreObeyedOnlyWhereControlIsOn() async throws {
        let broker = try MosquittoBroker()
        let live = try broker.subscribe("home/box/#")
        let bark = "home/box/models/household-2/dog_bark"
        try await broker.publish("\(bark)/threshold/set", "0.1", isRetained: true)
        try await MQTTWorld.run(port: broker.port) {
            $0.control = true
        } _: { world in
            try await wait(until: "the values") {
                live.payloads("\(bark)/reported") == ["ON"]
                    && live.payloads("\(bark)/threshold") == ["0.8"]
            }
            try await broker.publish("\(bark)/threshold/set", "0.65")
            try await broker.publish("\(bark)/reported/set", "OFF")
            try await wait(until: "they are in force") {
                live.payloads("\(bark)/threshold").last == "0.65"
                    && live.payloads("\(bark)/reported").last == "OFF"
            }
            #expect(world.monitor.thresholds[0].on == 0.65, "a retained command is not obeyed")
            try await broker.publish("\(bark)/threshold/set", "7")
            try await wait(until: "the refusal") {
                live.payloads("home/box/error").first?.contains("A threshold of '7'") == true
            }
            #expect(world.monitor.thresholds[0].on == 0.65)
        }
        try await MQTTWorld.run(port: broker.port) { world in
            try await world.waitUntilConnected()
            try await broker.publish("\(bark)/threshold/set", "0.3")
            world.monitor.publish(1)
            try await wait(until: "a later event") { !live.payloads("home/box/event").isEmpty }
            #expect(world.monitor.thresholds[0].on == 0.8)
        }
    }
}

/// Encrypted connections, with certificates made for the test.
@Suite(
    .enabled(
        if: MosquittoBroker.isInstalled
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"),
        Comment(rawValue: MosquittoBroker.whyLeftOut)
    )
)
struct MQTTEncryptionTests {
    private let folder: TemporaryFolder
    private let broker: MosquittoBroker

    /// Makes an authority and certificates for broker and box, and a broker that wants both.
    init() async throws {
        folder = try TemporaryFolder()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        let script = """
            set -e; cd '\(folder.path)'
            openssl req -x509 \(key) -keyout ca.key -out ca.pem -subj /CN=authority
            for name in broker box; do
                openssl req \(key) -keyout $name.key -out $name.csr -subj /CN=$name
                printf 'subjectAltName=IP:127.0.0.1' > $name.ext
                openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                    -extfile $name.ext -out $name.pem
            done
            """
        let shell = try ChildProcess(
            ["/bin/sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        try #require(try await shell.end() == 0)
        broker = try MosquittoBroker(
            """
            cafile \(folder.file("ca.pem"))
            certfile \(folder.file("broker.pem"))
            keyfile \(folder.file("broker.key"))
            require_certificate true
            use_identity_as_username true
            """
        )
    }

    private func configure(_ settings: inout MQTTSettings) {
        settings.usesTLS = true
        settings.authoritiesFile = folder.file("ca.pem")
        settings.certificateFile = folder.file("box.pem")
        settings.keyFile = folder.file("box.key")
    }

    @Test func aBoxWithACertificateConnects() async throws {
        try await MQTTWorld.run(port: broker.port, configure: configure) { world in
            try await world.waitUntilConnected()
            world.monitor.publish(1)
            try await wait(until: "an event") { world.service.status.delivered == 1 }
        }
    }

    @Test func aBrokerThatNoAuthorityVouchesForIsRefusedUnlessVerifyIsOff() async throws {
        try await MQTTWorld.run(port: broker.port) { settings in
            configure(&settings)
            settings.authoritiesFile = nil
        } _: { world in
            try await wait(until: "the refusal") { world.service.status.fault != nil }
            let fault = world.service.status.fault ?? ""
            #expect(fault.contains("certificate verify failed"), "\(fault)")
        }
        try await MQTTWorld.run(port: broker.port) { settings in
            configure(&settings)
            settings.authoritiesFile = nil
            settings.verifies = false
        } _: { world in
            try await world.waitUntilConnected()
        }
    }

    @Test func aFileThatIsMissingIsNamed() async throws {
        try await MQTTWorld.run(port: broker.port) { settings in
            configure(&settings)
            settings.keyFile = folder.file("none.key")
        } _: { world in
            try await wait(until: "the fault") { world.service.status.fault != nil }
            #expect(
                world.service.status.fault
                    == "mqtt.key_file '\(folder.file("none.key"))' can't be read."
            )
        }
    }
}
