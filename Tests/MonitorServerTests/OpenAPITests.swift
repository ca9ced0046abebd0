import Detection
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("OpenAPI description")
struct OpenAPITests {
    /// The routes that give data; the files of the page are none of an API's.
    private static let routes = APIRoute.allCases.filter { route in
        route.path.hasPrefix("/v1/") || ["/healthz", "/metrics"].contains(route.path)
    }

    private func description(_ monitor: RunningMonitor) async throws -> JSONSchemas {
        let answer = await monitor.raw(request("GET /v1/openapi.json"))
        #expect(answer.status == 200)
        #expect(answer.contains("application/json; charset=utf-8"))
        return try JSONSchemas(answer.body)
    }

    @Test func everyRouteIsDescribedAndNoOther() async throws {
        try await withMonitor { monitor in
            let description = try await description(monitor)
            #expect(description.document["openapi"] as? String == "3.1.0")
            let described = description.operations.map { "\($0.method) \($0.path)" }.sorted()
            #expect(described == Self.routes.map(\.rawValue).sorted())
            let ids = description.operations.compactMap { $0.content["operationId"] as? String }
            #expect(Set(ids).count == described.count)
        }
    }

    /// A route says itself which keys it knows when it is given another one.
    @Test func everyKeyOfAQueryIsDescribedAndNoOther() async throws {
        try await withMonitor { monitor in
            for operation in try await description(monitor).operations {
                let path = operation.path.replacing("{id}", with: "1")
                    .replacing("{class}", with: "rain").replacing("{rule}", with: "night")
                let line = "\(operation.method) \(path)?nonsense=1"
                let answer = await monitor.raw(
                    operation.content["requestBody"] == nil
                        ? request(line) : request(line, json: "{}")
                )
                let described = (operation.content["parameters"] as? [[String: Any]] ?? [])
                    .filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
                let expected =
                    described.isEmpty ? "none" : described.sorted().joined(separator: ", ")
                let prefix = "unknown_key: Unknown key 'nonsense' in the query; allowed: "
                try #require(answer.apiError.hasPrefix(prefix), "\(line): \(answer.apiError)")
                let known = answer.apiError.dropFirst(prefix.count).dropLast()
                    .components(separatedBy: ", ").sorted().joined(separator: ", ")
                #expect(known == expected, "\(line)")
            }
        }
    }

    @Test func everyAnswerIsAsDescribed() async throws {
        try await withMonitor { monitor in
            let id = try fill(monitor)
            let description = try await description(monitor)
            for route in Self.routes where route.method == "GET" {
                guard let queries = Self.queries[route] else { continue }
                for query in queries {
                    let path = route.path.replacing("{id}", with: "\(id)")
                        .replacing("{class}", with: "rain").replacing("{rule}", with: "night")
                    let answer = await monitor.raw(request("GET \(path)\(query)"))
                    #expect(answer.status == 200, "\(path)\(query): \(answer.apiError)")
                    let findings = try description.findings(in: answer.body, of: route)
                    #expect(findings.isEmpty, "\(path)\(query): \(findings)")
                }
            }
            for (route, json) in [
                (APIRoute.label, #"{"class":"fox"}"#), (.setThreshold, #"{"on":0.5}"#),
                (.setThreshold, #"{"reported":false}"#),
                (.beginSession, #"{"secret":"any"}"#), (.makeLink, #"{"minutes":5}"#),
            ] {
                let path = route.path.replacing("{id}", with: "\(id)")
                    .replacing("{class}", with: "rain").replacing("{rule}", with: "night")
                let answer = await monitor.raw(request("\(route.method) \(path)", json: json))
                #expect(try description.findings(in: answer.body, of: route).isEmpty)
            }
            let plain: [APIRoute] = [.resetThreshold, .resetThresholds, .reload, .endSession]
            for route in plain {
                let path = route.path.replacing("{class}", with: "rain")
                    .replacing("{rule}", with: "night")
                let answer = await monitor.raw(request("\(route.method) \(path)"))
                #expect(try description.findings(in: answer.body, of: route).isEmpty)
            }
            let refusal = await monitor.raw(request("GET /v1/events/9999"))
            #expect(try description.findings(in: refusal.body, named: "Error").isEmpty)
        }
    }

    /// What each route with JSON is asked; nil: it does not answer with JSON.
    private static let queries: [APIRoute: [String]] = [
        .health: [""], .session: [""], .status: [""], .openAPI: [""],
        .thresholds: ["", "?model=test"], .threshold: [""], .models: [""],
        .sounds: ["", "?days=30"], .event: [""], .similar: ["", "?since=1h&limit=1&source=porch"],
        .tryThreshold: ["", "?on=0.2&since=1h&limit=5", "?smoothing_windows=1&min_duration_s=0"],
        .suggestThreshold: [
            "?max_false_alarms_per_week=1", "?max_false_alarms_per_week=0&since=1h",
        ],
        .events: [
            "", "?label=any", "?since=1h&order=newest&limit=1", "?class=rain&source=porch",
            "?order=worth&label=none",
        ],
        .counts: TimeBinWords.all.map { "?by=\($0)" },
        .insights: ["", "?since=8w&time_zone=Asia/Kathmandu", "?source=porch&until=1d"],
        .scores: ["", "?since=1h&class=rain", "?class=speech&model=test&source=porch"],
        .coverage: ["", "?by=minute&since=5m", "?by=hour", "?by=day&time_zone=Asia/Kathmandu"],
        .levels: ["", "?by=hour&since=2h", "?by=day"], .log: ["", "?limit=5"],
    ]

    private enum TimeBinWords {
        static let all = ["hour", "day", "week", "month"]
    }

    /// Writes something of everything; returns a labelled event.
    private func fill(_ monitor: RunningMonitor) throws -> Int64 {
        let now = Date()
        for index in 0..<3 { try monitor.addEvent(class: index, secondsAgo: Double(10 + index)) }
        let id = try monitor.addEvent(secondsAgo: 20)
        try monitor.store.setLabel(id, to: EventLabel(className: nil, labelledAt: now))
        var block = ScoreBlock(start: now - 30, hopMicroseconds: 240_000, classCount: 3)
        block.append(scores: [0, 0.5, 1], levelDBFS: -20)
        block.append(scores: [], levelDBFS: -.infinity)
        block.append(scores: [1, 0.25, 0], levelDBFS: -20)
        var levels = MeasuredLevels()
        levels.laeq = -50
        let minute = Date(
            timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60 - 120
        )
        let measured = LevelMinute(
            minute: minute,
            measuredSeconds: 60,
            sampleRateHz: 48_000,
            calibrationDB: nil,
            levels: levels,
            clippedSamples: 0
        )
        let heard = CoverageStretch(state: .listening, start: now - 100, end: now - 25)
        let numbers: [Float] = [1, 2, 3]
        let prints = try [20, 11, 300].map { secondsAgo in
            var block = PrintBlock(start: now - secondsAgo, windowSeconds: 1)
            let print = SoundPrint(of: numbers.span)
            block.append(try #require(print), at: block.start)
            return SoundMeasurement.prints(source: "porch", model: "test 1 d", block)
        }
        try monitor.write(
            [.covered(source: "porch", heard)],
            [
                .scores(source: "porch", model: "test 1 d", block),
                .levels(source: "porch", measured),
            ] + prints
        )
        return id
    }

    /// The check itself must find what is wrong.
    @Test(arguments: [
        #"{"status":"no"}"#, #"{"status":"ok","more":1}"#, "{}", #"{"status":1}"#, "[]",
    ])
    func anAnswerThatIsNotAsDescribedIsFound(json: String) async throws {
        try await withMonitor { monitor in
            let description = try await description(monitor)
            #expect(try !description.findings(in: json, of: .health).isEmpty)
        }
    }
}

/// The schemas of an OpenAPI description, as far as this one uses JSON Schema.
struct JSONSchemas {
    struct Operation {
        let method: String
        let path: String
        let content: [String: Any]
    }

    let document: [String: Any]

    init(_ text: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        document = try #require(object as? [String: Any])
    }

    var operations: [Operation] {
        let paths = document["paths"] as? [String: [String: [String: Any]]] ?? [:]
        return paths.flatMap { path, methods in
            methods.map { Operation(method: $0.key.uppercased(), path: path, content: $0.value) }
        }
    }

    /// What of an answer is not as a route's schema says, or is not described.
    func findings(in text: String, of route: APIRoute) throws -> [String] {
        let operation = try #require(
            operations.first { $0.method == route.method && $0.path == route.path }
        )
        let schema = value(operation.content, "responses", "200", "content", "application/json")
        let content = try #require(schema as? [String: Any])
        return try findings(in: text, content["schema"] as? [String: Any] ?? [:])
    }

    func findings(in text: String, named name: String) throws -> [String] {
        try findings(in: text, ["$ref": "#/components/schemas/\(name)"])
    }

    private func value(_ start: Any, _ keys: String...) -> Any? {
        keys.reduce(start) { ($0 as? [String: Any])?[$1] as Any }
    }

    private func findings(in text: String, _ schema: [String: Any]) throws -> [String] {
        let value = try JSONSerialization.jsonObject(
            with: Data(text.utf8),
            options: .fragmentsAllowed
        )
        return findings(value, schema, at: "$")
    }

    private func findings(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let keys = reference.split(separator: "/").dropFirst().map(String.init)
            let target = keys.reduce(document as Any) { ($0 as? [String: Any])?[$1] as Any }
            guard let target = target as? [String: Any] else { return ["no \(reference)"] }
            return findings(value, target, at: place)
        }
        if let options = schema["anyOf"] as? [[String: Any]] {
            let found = options.map { findings(value, $0, at: place) }
            return found.contains(where: \.isEmpty) ? [] : found.min { $0.count < $1.count } ?? []
        }
        var found: [String] = []
        let types = schema["type"] as? [String] ?? [schema["type"] as? String].compactMap { $0 }
        if !types.isEmpty, !types.contains(where: { Self.isA($0, value) }) {
            found.append("\(place) is \(value), not \(types)")
        }
        if let words = schema["enum"] as? [Any],
            !words.contains(where: { ($0 as? NSObject) == (value as? NSObject) })
        {
            found.append("\(place) is \(value), not one of \(words)")
        }
        if let number = value as? Double, !(value is String) {
            if let least = schema["minimum"] as? Double, number < least {
                found.append("\(place) is \(number)")
            }
            if let most = schema["maximum"] as? Double, number > most {
                found.append("\(place) is \(number)")
            }
        }
        if schema["format"] as? String == "date-time", let text = value as? String,
            UTCTimestamp.moment(text) == nil
        {
            found.append("\(place) is \(text), not a time")
        }
        if let items = schema["items"] as? [String: Any] {
            for (index, item) in (value as? [Any] ?? []).enumerated() {
                found += findings(item, items, at: "\(place)[\(index)]")
            }
        }
        return found + findings(members: value as? [String: Any], schema, at: place)
    }

    private func findings(
        members: [String: Any]?,
        _ schema: [String: Any],
        at place: String
    ) -> [String] {
        guard let members else { return [] }
        let known = schema["properties"] as? [String: [String: Any]]
        let others = schema["additionalProperties"] as? [String: Any]
        var found = (schema["required"] as? [String] ?? [])
            .filter { members[$0] == nil }.map { "\(place) has no \($0)" }
        for (key, member) in members {
            if let schema = known?[key] ?? others {
                found += findings(member, schema, at: "\(place).\(key)")
            } else if known != nil {
                found.append("\(place).\(key) is not described")
            }
        }
        return found
    }

    private static func isA(_ type: String, _ value: Any) -> Bool {
        let isBool = (value as? NSNumber).map { CFBooleanLike.isBool($0) } ?? false
        return switch type {
        case "null": value is NSNull
        case "boolean": isBool
        case "integer": !isBool && (value as? Double).map { $0 == $0.rounded() } == true
        case "number": !isBool && value is Double
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}

/// Foundation reads `true` and `1` as numbers that differ in their type alone.
private enum CFBooleanLike {
    static func isBool(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
    }
}
