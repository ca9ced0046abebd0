package import Foundation
package import Messages
package import Platform
package import Settings

extension MonitorConfiguration {
    /// What is wrong with the templates of rules, which only their reader can tell.
    package func templateProblems() -> [DocumentProblem] {
        rules.sorted { $0.key < $1.key }.flatMap { name, rule in
            rule.then.enumerated().compactMap { index, action -> DocumentProblem? in
                do throws(TemplateFault) {
                    _ = try Receiver(action)
                    return nil
                } catch {
                    return problem(error, of: name, action: index)
                }
            }
        }
    }

    private func problem(
        _ fault: TemplateFault,
        of rule: String,
        action index: Int
    ) -> DocumentProblem {
        let key = "rules.\(rule).then[\(index)].\(fault.key)"
        var place = DocumentPosition(file: files.last ?? "", line: 1, column: 1)
        if case .file(let position) = origin(of: key) { place = position }
        return DocumentProblem(
            position: place,
            key: key,
            found: fault.found,
            allowed: "text with \(NewsTemplate.names.map { "{{\($0)}}" }.joined(separator: ", "))",
            advice: fault.name.map { NearestName.question(for: $0, among: NewsTemplate.names) }
                ?? ""
        )
    }
}

extension RuleSettings {
    /// What the machine lacks for the rule's actions, a line each; nothing of it is in the file.
    package func remarks(named name: String) -> [String] {
        channels(ofRule: name).compactMap { channel, action in
            if let program = action.command.first, access(program, X_OK) != 0 {
                return "\(channel): '\(program)' \(FileFailure.reason(code: errno))."
            }
            guard let secret = action.webhook.secretFile, !secret.hasPrefix("credential:") else {
                return nil
            }
            do {
                _ = try SecretFile.read(secret)
                return nil
            } catch {
                return "\(channel): \(error)."
            }
        }
    }

    /// When the rule speaks, in the words of its settings.
    package var conditionWords: String {
        let parts = RuleCondition.settings.values(of: when, path: "", without: RuleCondition())
        return parts.isEmpty
            ? "any event" : parts.map { "\($0.key) \($0.text)" }.joined(separator: ", ")
    }

    /// Who gets the news, in words.
    package var receiverWords: String {
        then.map { action in
            switch action.kinds.first {
            case .command: action.command.joined(separator: " ")
            case .webhook:
                "\(action.webhook.method.rawValue.uppercased()) "
                    + (URL(string: action.webhook.url ?? "")?.host ?? "")
            case .publish: "MQTT \(action.publish.topic ?? "")"
            case .mail: "mail to \(action.mail.to.joined(separator: ", "))"
            case nil: "nobody"
            }
        }.joined(separator: "; ")
    }
}

/// A time in which a source heard nothing because its device was away.
package struct DeafTime: Equatable, Sendable {
    /// The name of the source.
    package var source: String
    /// The time.
    package var time: Range<Date>
    /// Why, for people; nil if it is not known.
    package var reason: String?

    /// Creates it from its parts.
    package init(source: String, time: Range<Date>, reason: String?) {
        self.source = source
        self.time = time
        self.reason = reason
    }
}

/// What rules would have told of a past.
package enum RuleReplay {
    /// Parts of one absence are not further apart, in seconds.
    private static let seamSeconds = 1.0

    /// Replays events and absences through rules.
    ///
    /// - Parameters:
    ///   - events: The events, those that are over.
    ///   - deafTimes: When sources were absent.
    ///   - rules: The rules, by name.
    ///   - start: When the past begins, before which nothing counts.
    ///   - end: When it ends.
    ///   - zone: Whose clocks times of day are of.
    /// - Returns: The news, in the order of time.
    package static func notices(
        of events: [EventMessage],
        deafTimes: [DeafTime] = [],
        by rules: [String: RuleSettings],
        from start: Date,
        to end: Date,
        zone: Zone = .local
    ) -> [Notice] {
        let ordered = events.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        return rules.flatMap { name, settings in
            var rule = Rule(name: name, settings: settings, zone: zone, now: start)
            var notices: [Notice] = []
            for event in ordered {
                notices += rule.passTime(to: event.start)
                notices += rule.update(event, at: event.end ?? event.start)
            }
            if settings.when.faults.contains(.deaf) {
                notices += faultNotices(of: &rule, deafTimes, to: end)
            }
            return notices + rule.passTime(to: end)
        }.sorted { ($0.time, $0.rule) < ($1.time, $1.rule) }
    }

    /// What a rule about deafness tells: it is asked whenever something changes, or is due.
    private static func faultNotices(
        of rule: inout Rule,
        _ deafTimes: [DeafTime],
        to end: Date
    ) -> [Notice] {
        let spans = joined(deafTimes)
        let longer = rule.settings.when.longerThanSeconds ?? 0
        let moments = spans.flatMap {
            [$0.time.lowerBound, $0.time.lowerBound + longer, $0.time.upperBound]
        }
        var notices: [Notice] = []
        for moment in Set(moments).sorted() where moment < end {
            notices += rule.passTime(to: moment)
            let deaf = spans.filter { $0.time.contains(moment) }
            let words = deaf.map { span in
                "\(span.source) hears nothing" + (span.reason.map { ": \($0)" } ?? "")
            }
            notices += rule.update(
                faults: words.isEmpty ? [:] : [.deaf: words.joined(separator: "; ")],
                at: moment
            )
        }
        return notices
    }

    /// Absences that are stored in parts, as wholes.
    private static func joined(_ times: [DeafTime]) -> [DeafTime] {
        let bySource = Dictionary(grouping: times.filter { !$0.time.isEmpty }, by: \.source)
        return bySource.values.flatMap { times -> [DeafTime] in
            var wholes: [DeafTime] = []
            for part in times.sorted(by: { $0.time.lowerBound < $1.time.lowerBound }) {
                if let last = wholes.last,
                    part.time.lowerBound - last.time.upperBound <= seamSeconds
                {
                    let end = max(last.time.upperBound, part.time.upperBound)
                    wholes[wholes.count - 1].time = last.time.lowerBound..<end
                } else {
                    wholes.append(part)
                }
            }
            return wholes
        }.sorted { $0.time.lowerBound < $1.time.lowerBound }
    }
}
