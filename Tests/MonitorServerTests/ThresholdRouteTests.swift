import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Routes of thresholds")
struct ThresholdRouteTests {
    @Test func thresholdsAreListedSetAndReset() async throws {
        try await withMonitor { monitor in
            let client = monitor.client
            #expect(
                try await client.thresholds().map(\.className) == ["dog_bark", "rain", "speech"]
            )
            let set = try await client.setThreshold("rain", to: ThresholdChange(on: 0.6))
            #expect(set.on == 0.6 && set.off == 0.3 && set.origin == "overrides.yaml:1")
            let one = try await client.get("/v1/thresholds/rain", as: ThresholdMessage.self)
            #expect(one == set)
            #expect(try await client.resetThreshold("rain").on == 0.8)
            _ = try await client.setThreshold("rain", to: ThresholdChange(on: 0.6))
            #expect(try await client.resetThresholds().map(\.on) == [0.8, 0.8, 0.8])
        }
    }

    @Test func aClassOfSeveralModelsNeedsTheModelsName() async throws {
        try await withMonitor { monitor in
            await monitor.thresholds.addSecondModel()
            let refusal =
                "ambiguous_class: The class 'rain' is in several models, test, weather; name the "
                + "one that is meant (--model, or ?model= in a request)."
            for method in ["GET", "DELETE"] {
                let answer = await monitor.raw(request("\(method) /v1/thresholds/rain"))
                #expect(answer.status == 409)
                #expect(answer.apiError == refusal)
            }
            let client = monitor.client
            let change = ThresholdChange(on: 0.6)
            let set = try await client.setThreshold("rain", of: "weather", to: change)
            #expect(set.model == "weather" && set.on == 0.6)
            let list = try await client.thresholds().filter { $0.className == "rain" }
            #expect(list.map(\.model) == ["test", "weather"])
            #expect(list.map(\.on) == [0.8, 0.6])
            let one = try await client.get(
                "/v1/thresholds?model=weather",
                as: ThresholdListMessage.self
            )
            #expect(one.thresholds == [set])
            let unknown = await monitor.raw(request("GET /v1/thresholds?model=owls"))
            #expect(
                unknown.apiError
                    == "invalid_value: No model 'owls' is in use; there is test, weather."
            )
        }
    }

    @Test(arguments: [
        (
            "GET /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; it knows "
                + "dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/cat", #"{"on":0.5}"#, 404,
            "unknown_class: The model has no class "
                + "'cat'; it knows dog_bark, rain, speech."
        ),
        (
            "DELETE /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; it "
                + "knows dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/rain", "{}", 400,
            "invalid_value: 'on' is missing; give a number from 0 to 1."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":1.5}"#, 400,
            "invalid_value: on: '1.5' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":"0.5"}"#, 400,
            "invalid_value: on: '0.5' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":true}"#, 400,
            "invalid_value: on: 'true' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":0.5,"off":0.7}"#, 400,
            "unknown_key: Unknown key 'off' in the body; allowed: on."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":0.123}"#, 500,
            "failed: Cannot write 'overrides.yaml'. Free some space."
        ),
    ])
    func aBadThresholdIsRefused(
        line: String,
        json: String,
        status: Int,
        expected: String
    ) async throws {
        try await withMonitor { monitor in
            let text = json.isEmpty ? request(line) : request(line, json: json)
            let answer = await monitor.raw(text)
            #expect(answer.status == status)
            #expect(answer.apiError == expected)
        }
    }
}
