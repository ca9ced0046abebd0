import ArgumentParser
import Delivery
import EventStore
import Foundation
import Messages
import MonitorClient
import MonitorServer
import Platform
import Settings
import SoundDatasets

/// `earwitness rules`: what is worth telling, and to whom.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Checks and tries the rules by which people and programs get news.",
        discussion: "Rules are in the section 'rules' of the configuration; see docs/rules.md.",
        subcommands: [Check.self, Test.self, Fire.self]
    )

    /// `earwitness rules check`.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks the configuration and lists its rules (exit code 78 for a mistake)."
        )

        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let rules = try service.loadRules().sorted { $0.key < $1.key }
            let rows = rules.map { [$0.key, $0.value.conditionWords, $0.value.receiverWords] }
            try StandardOutput.write(
                TextTable(header: ["rule", "when", "then"], rows: rows).text
            )
            for remark in rules.flatMap({ $0.value.remarks(named: $0.key) }) {
                StandardError.writeMessage(remark)
            }
        }
    }

    /// `earwitness rules test`.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what the rules would have sent, by the event history.",
            discussion: """
                Nothing is sent. Of the monitor's faults the history has only that a source was absent \
                (fault: deaf); otherwise it counts as listening all the time.
                """
        )

        @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "7d"
        @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
        @Option(help: "Only this rule.") var rule: String?
        @Option(help: "text or json.") var format = ReportFormat.text
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let range = try TimeRange(since: since, until: until)
            let rules = try service.loadRules(named: rule)
            let store = try EventStore.openForQueries(path: service.location.databasePath)
            defer { try? store.close() }
            var filter = EventFilter()
            filter.since = range.start
            filter.until = range.end
            let events = try store.events(matching: filter).map(\.message)
            let notices = RuleReplay.notices(
                of: events,
                deafTimes: try Self.deafTimes(in: range, store),
                by: rules,
                from: range.start,
                to: min(range.end, Date())
            )
            if format == .json {
                for notice in notices { try StandardOutput.writeLine(notice.json.text) }
                return
            }
            for name in rules.keys.sorted() {
                let faults = rules[name]?.when.faults.filter { $0 != .deaf } ?? []
                guard !faults.isEmpty else { continue }
                let words = faults.map(\.rawValue).joined(separator: ", ")
                StandardError.writeMessage(
                    "\(name): the history does not say when there was a fault of \(words)."
                )
            }
            let local = LocalTime()
            let rows = notices.map { [local.minuteText($0.time), $0.rule, $0.text] }
            try StandardOutput.write(TextTable(header: ["time", "rule", "news"], rows: rows).text)
            let counts = Dictionary(grouping: notices, by: \.rule).mapValues(\.count)
            let words = rules.keys.sorted().map { "\($0) \(counts[$0] ?? 0)" }
            try StandardOutput.writeLine(
                "\(notices.count) message(s) of \(events.count) event(s): "
                    + "\(words.joined(separator: ", "))."
            )
        }

        /// When sources were absent.
        private static func deafTimes(
            in range: TimeRange,
            _ store: EventStore
        ) throws -> [DeafTime] {
            let end = min(range.end, Date())
            let sources = try store.coverage(from: range.start, to: end).sources.map(\.name)
            return try sources.flatMap { source in
                let spans = try store.coverageSpans(from: range.start, to: end, source: source)
                return spans.enumerated().compactMap { index, span -> DeafTime? in
                    guard span.state == .absent else { return nil }
                    // One that was away when the service was stopped may still have been.
                    let next = spans[(index + 1)...].first { $0.state != .stopped }
                    let over = next?.start ?? .distantFuture
                    return DeafTime(source: source, time: span.start..<over, reason: span.reason)
                }
            }
        }
    }

    /// `earwitness rules fire NAME`.
    struct Fire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends one test message to each receiver of a rule.",
            discussion: """
                The running service sends it, with its rights and its network; without one, this \
                command does. Exit code 74 if a receiver did not accept it.
                """
        )

        /// How long the service may take for all receivers, in seconds.
        private static let patience: Double = 300

        @Argument(help: "The rule.") var name: String
        @Option(help: "text or json.") var format = ReportFormat.text
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let trial = try await self.trial()
            switch format {
            case .json: try StandardOutput.writeLine(trial.json.text)
            case .text:
                for answer in trial.answers {
                    let word = answer.isDelivered ? "delivered" : "not delivered"
                    try StandardOutput.writeLine("\(answer.channel): \(word): \(answer.answer)")
                }
            }
            let failed = trial.answers.filter { !$0.isDelivered }.map(\.channel)
            guard failed.isEmpty else {
                throw CommandFailure(
                    .inputOutput,
                    "Not delivered by \(failed.joined(separator: ", ")). The answer says why."
                )
            }
        }

        private func trial() async throws -> RuleTrialMessage {
            if let client = try await runningService() { return try await client.fireRule(name) }
            let rules = try service.loadRules(named: name)
            return await NewsDesk.trial(of: name, rules[name] ?? RuleSettings(), outbox: nil)
        }

        /// The service, if one runs.
        private func runningService() async throws -> MonitorClient? {
            let paths = service.location.clientSocketPaths
            do {
                return try await MonitorClient.firstAnswering(
                    at: paths,
                    timeoutSeconds: Self.patience
                )
            } catch {
                guard case .notRunning = error else { throw error }
                return nil
            }
        }
    }
}

extension ServiceOptions {
    /// The rules of the configuration, checked with it.
    ///
    /// - Parameter name: The only one that is meant; nil: all.
    /// - Returns: The rules by name, at least one.
    /// - Throws: What is wrong with the configuration, or that there is no such rule.
    func loadRules(named name: String? = nil) throws -> [String: RuleSettings] {
        let problems = try configurationProblems(location.configuration)
        guard problems.isEmpty else { throw ConfigurationError.invalid(problems) }
        let rules = try loadConfiguration().rules
        guard !rules.isEmpty else {
            throw CommandFailure(
                .configuration,
                "There are no rules in '\(location.configuration.path)'. Add a section 'rules'; "
                    + "docs/rules.md says how."
            )
        }
        guard let name else { return rules }
        guard let rule = rules[name] else {
            throw CommandFailure(
                .usage,
                "There is no rule '\(name)'; known: \(rules.keys.sorted().joined(separator: ", "))."
            )
        }
        return [name: rule]
    }

    /// What is wrong with a configuration, its templates included.
    func configurationProblems(_ main: ConfigurationPath) throws -> [DocumentProblem] {
        let problems = try MonitorConfiguration.check(main, models: rulesOfModels)
        guard problems.isEmpty else { return problems }
        return try MonitorConfiguration.load(main, overridesPath: nil).templateProblems()
    }
}
