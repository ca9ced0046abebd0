import Foundation
import Messages
import TestSupport
import Testing

@testable import Delivery

@Suite struct HomeAssistantDiscoveryTests {
    private static func threshold(
        _ name: String,
        model: String = "household-2",
        isReported: Bool = true,
        isSwitchable: Bool = true
    ) -> ThresholdMessage {
        ThresholdMessage(
            className: name,
            label: name.replacing("_", with: " ").capitalized,
            model: model,
            on: 0.8,
            off: 0.5,
            isReported: isReported,
            origin: "model",
            isSwitchable: isSwitchable
        )
    }

    private var discovery = HomeAssistantDiscovery(
        topics: MQTTTopics(prefix: "earwitness/kitchen"),
        prefix: "homeassistant",
        version: "1.2.0",
        sources: [
            .init(name: "porch", models: ["household-2"], isCalibrated: true),
            .init(name: "garden.east", models: ["household-2", "birds"], isCalibrated: false),
        ],
        thresholds: [
            threshold("dog_bark"), threshold("thunder", isReported: false),
            threshold("unknown", isSwitchable: false), threshold("dog_bark", model: "birds"),
            threshold("wren", model: "birds"),
        ],
        classes: nil,
        hasControl: true
    )

    private func components(
        _ discovery: HomeAssistantDiscovery
    ) throws -> [String: [String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(discovery.json.text.utf8))
        let message = try #require(object as? [String: Any])
        return try #require(message["components"] as? [String: [String: Any]])
    }

    /// `check-discovery` holds the same file to Home Assistant's own schemas.
    @Test func theMessageIsThatWhichHomeAssistantsSchemasWereHeldTo() throws {
        let fixture = Checkout.folder
            .appendingPathComponent("Tests/DeliveryTests/Fixtures/discovery.json")
        let text = discovery.json.text + "\n"
        let isSame = try? String(contentsOf: fixture, encoding: .utf8) == text
        guard isSame != true else { return }
        let actual = Checkout.folder.appendingPathComponent(".build/discovery.json")
        try text.write(to: actual, atomically: true, encoding: .utf8)
        Issue.record(
            "Fixtures/discovery.json differs from .build/discovery.json; if that is meant, check that with check-discovery and take it over."
        )
    }

    @Test func everySourceHasASensorForEachReportedClassOfItsModels() throws {
        let all = try components(discovery)
        let bark = try #require(all["porch_dog_bark"])
        #expect(bark["platform"] as? String == "binary_sensor")
        #expect(bark["device_class"] as? String == "sound")
        #expect(bark["name"] as? String == "Dog Bark (porch)")
        #expect(
            bark["state_topic"] as? String == "earwitness/kitchen/sources/porch/dog_bark/state"
        )
        #expect(all["garden_east_wren"]?["state_topic"] != nil)
        #expect(all["porch_wren"]?.count == 1, "porch does not listen by that model")
    }

    @Test func aClassThatIsNoLongerReportedIsTakenAway() throws {
        let all = try components(discovery)
        #expect(all["porch_thunder"] as? [String: String] == ["platform": "binary_sensor"])
    }

    @Test func withoutControlNothingCanBeSet() throws {
        var discovery = discovery
        discovery.hasControl = false
        let all = try components(discovery)
        #expect(all.values.allSatisfy { $0["command_topic"] == nil })
        #expect(
            all["threshold_household-2_dog_bark"] as? [String: String] == ["platform": "number"]
        )
        #expect(all["reported_household-2_dog_bark"] as? [String: String] == ["platform": "switch"])
    }

    @Test func aClassThatCannotBeSwitchedHasAThresholdOnly() throws {
        let all = try components(discovery)
        #expect(all["threshold_household-2_unknown"]?["command_topic"] != nil)
        #expect(all["reported_household-2_unknown"] == nil)
    }

    @Test func aModelWithThousandsOfClassesDoesNotFloodHomeAssistant() throws {
        var discovery = discovery
        discovery.thresholds = (1...6_000).map { Self.threshold("bird_\($0)", model: "birds") }
        let all = try components(discovery)
        #expect(all.count < 3 * HomeAssistantDiscovery.mostClasses + 20)
        discovery.classes = ["bird_5999"]
        #expect(try components(discovery)["garden_east_bird_5999"]?["state_topic"] != nil)
    }
}
