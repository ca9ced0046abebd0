package import Foundation
package import Messages
import Platform
import Settings

/// One piece of news: why a rule speaks, and of what.
package struct Notice: Codable, Sendable, Equatable {
    /// Why a rule speaks.
    package enum Reason: String, Codable, Sendable {
        /// A sound was heard, once or several times.
        case event
        /// A sound was not heard.
        case absence
        /// Something is wrong with the monitor.
        case fault
        /// Something was wrong with the monitor and is over.
        case recovery
        /// What happened over a while, in one message.
        case digest
        /// Somebody tries the rule.
        case test
    }

    /// The name of the rule.
    package var rule: String
    /// Why it speaks.
    package var reason: Reason
    /// When what it tells happened.
    package var time: Date
    /// What happened, in a few words: `Dog bark (porch)`.
    package var title: String
    /// What happened, in a sentence.
    package var text: String
    /// How many events are told of.
    package var count: Int
    /// The event, the last one of several; nil where it is about none.
    package var event: EventMessage?
    /// What distinguishes it from all other news of its rule.
    package var key: String

    /// What commands and receivers without a template get.
    package var json: JSONValue {
        .object([
            .init("rule", .string(rule)), .init("reason", .string(reason.rawValue)),
            .init("time", .moment(time)), .init("title", .string(title)),
            .init("text", .string(text)), .init("count", .integer(Int64(count))),
            .init("event", event?.json ?? .null),
        ])
    }
}

extension Notice {
    /// News of an event.
    static func of(
        _ event: EventMessage,
        rule: String,
        count: Int = 1,
        within seconds: Double? = nil,
        after first: EventMessage? = nil,
        with others: [String] = []
    ) -> Notice {
        var title = ([event.label] + others).joined(separator: " and ") + " (\(event.source))"
        if let first { title = "\(first.label), then \(event.label) (\(event.source))" }
        if count > 1 { title = "\(count) × \(title)" }
        var parts = [String(format: "score %.2f", event.peakScore)]
        if let level = event.levelDBFS { parts.append(String(format: "%.1f dBFS", level)) }
        if let length = event.durationSeconds { parts.append(Words.duration(length)) }
        let span = count > 1 ? seconds.map { " within \(Words.duration($0))" } ?? "" : ""
        return Notice(
            rule: rule,
            reason: .event,
            time: event.start,
            title: title,
            text: "\(title)\(span) at \(Words.time(event.start)): "
                + "\(parts.joined(separator: ", ")).",
            count: count,
            event: event,
            // The onset too: a history that was begun anew has the same numbers again.
            key: "event/\(event.id)/\(event.start.milliseconds)"
        )
    }

    /// News that something was not heard.
    static func ofAbsence(
        of what: String,
        rule: String,
        since: Date?,
        by deadline: Date
    ) -> Notice {
        let last = since.map { "last heard at \(Words.time($0))" } ?? "not heard since midnight"
        return Notice(
            rule: rule,
            reason: .absence,
            time: deadline,
            title: "No \(what)",
            text: "No \(what) by \(Words.time(deadline)); \(last).",
            count: 0,
            event: nil,
            key: "absence/\(Int64(deadline.timeIntervalSince1970))"
        )
    }

    /// News of a fault of the monitor.
    static func ofFault(_ words: String, rule: String, at time: Date) -> Notice {
        Notice(
            rule: rule,
            reason: .fault,
            time: time,
            title: "Earwitness: \(words)",
            text: "\(words) (since \(Words.time(time))).",
            count: 0,
            event: nil,
            key: "fault/\(Int64(time.timeIntervalSince1970))"
        )
    }

    /// News that a fault of the monitor is over.
    static func ofRecovery(
        from fault: MonitorFault,
        rule: String,
        since: Date,
        at time: Date
    ) -> Notice {
        let words =
            switch fault {
            case .deaf: "Every source hears again"
            case .disk: "History and clips are written again"
            case .clock: "The clock is synchronised again"
            }
        return Notice(
            rule: rule,
            reason: .recovery,
            time: time,
            title: "Earwitness: \(words)",
            text: "\(words) (after \(Words.duration(max(0, time - since))), since "
                + "\(Words.time(time))).",
            count: 0,
            event: nil,
            key: "recovery/\(fault.rawValue)/\(Int64(time.timeIntervalSince1970))"
        )
    }

    /// News that tries a rule.
    package static func test(of rule: String, at time: Date) -> Notice {
        Notice(
            rule: rule,
            reason: .test,
            time: time,
            title: "Test of the rule '\(rule)'",
            text: "This is a test of the rule '\(rule)' of Earwitness.",
            count: 1,
            event: nil,
            key: "test/\(UTCTimestamp.text(time))"
        )
    }
}

/// How news puts times and lengths of time.
enum Words {
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        switch seconds {
        case ..<10: return String(format: "%.1f s", seconds)
        case ..<120: return "\(whole) s"
        case ..<7_200: return "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: return "\(Int((seconds / 3_600).rounded())) h"
        default: return "\(Int((seconds / 86_400).rounded())) days"
        }
    }

    static func time(_ date: Date) -> String { LocalTime().minuteText(date) }
}
