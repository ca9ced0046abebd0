import Foundation
import Messages
import Platform
import Settings
import Testing

@testable import Delivery

/// 2026-11-27, a Friday, at midnight UTC.
let friday = Date(timeIntervalSince1970: 1_795_737_600)

/// An event of a test, by default a short dog bark that is over.
func event(
    _ id: Int64,
    _ className: String = "dog_bark",
    at start: Date,
    lasting seconds: Double? = 1,
    score: Double = 0.9,
    level: Double? = -20,
    source: String = "porch"
) -> EventMessage {
    EventMessage(
        id: id,
        source: source,
        className: className,
        label: className.replacing("_", with: " ").capitalized,
        start: start,
        end: seconds.map { start + $0 },
        peakScore: score,
        meanScore: score,
        levelDBFS: level,
        model: "household-2"
    )
}

/// Settings as they stand in a file under `rules.RULE`.
func ruleSettings(_ yaml: String) throws -> RuleSettings {
    var reading = DocumentReading()
    let node = try YAMLReader.read(yaml, file: "test.yaml", reading: &reading)
    var settings = RuleSettings()
    RuleSettings.settings.read(node, path: "rules.test", into: &settings, reading: &reading)
    try #require(reading.problems.isEmpty, "\(reading.problems)")
    return settings
}

/// A rule in UTC that watches from the beginning of that Friday on.
func rule(_ yaml: String) throws -> Rule {
    Rule(name: "test", settings: try ruleSettings(yaml), zone: .utc, now: friday)
}

extension Rule {
    /// Lets events pass as they come when they are over, with the time between them.
    mutating func play(_ events: [EventMessage], until end: Date? = nil) -> [Notice] {
        var notices: [Notice] = []
        for event in events {
            notices += passTime(to: event.start)
            notices += update(event, at: event.end ?? event.start)
        }
        if let end { notices += passTime(to: end) }
        return notices
    }
}
