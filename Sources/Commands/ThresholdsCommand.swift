import ArgumentParser
import Evaluation
import EventStore
import Foundation
import Messages
import ModelLibrary
import Monitor
import MonitorClient
import Settings
import SoundDatasets

/// `earwitness thresholds`: how sure the monitor must be of each class.
struct ThresholdsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thresholds",
        abstract: "Shows and changes the detection threshold of each class.",
        discussion: """
            A running service applies a change at once. Changes are kept. Works whether or not the \
            service runs.
            """,
        subcommands: [Show.self, Set.self, Reset.self, Suggest.self],
        defaultSubcommand: Show.self
    )

    /// `earwitness thresholds`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows the thresholds in force."
        )

        @OptionGroup var service: ServiceOptions
        @Option(help: "Only the classes of this model.") var model: String?
        @Flag(help: "Also the classes of large models that are off.") var all = false
        @Option(help: "text or json.") var format = ReportFormat.text

        func run() async throws {
            let thresholds = try await withThresholds(of: service) { client in
                try await client.thresholds()
            } here: { settings in
                try await settings.thresholds()
            }
            let known = thresholds.map(\.model)
            if let model, !known.contains(model) {
                var seen: Swift.Set<String> = []
                throw ControlError.unknownModel(
                    name: model,
                    known: known.filter { seen.insert($0).inserted }
                )
            }
            let wanted = thresholds.filter { model == nil || $0.model == model }
            guard format == .text, !all else {
                try ThresholdsCommand.write(wanted, format)
                return
            }
            let listing = ThresholdListing(wanted, groups: service.groups(of: Swift.Set(known)))
            try ThresholdsCommand.write(listing.shown, format)
            try StandardOutput.write(listing.remark)
        }
    }

    /// `earwitness thresholds set CLASS X`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the score at which an event of a class opens, or switches the class."
        )

        @Argument(help: "The class, such as dog_bark.") var className: String
        @Argument(help: "The smoothed score at which an event opens, 0 to 1; or on or off.")
        var threshold: ThresholdArgument
        @Option(help: "The model, if several have the class.") var model: String?
        @OptionGroup var service: ServiceOptions

        func validate() throws {
            guard let on = threshold.change.on, !(0...1).contains(on) else { return }
            throw ValidationError("The threshold is \(on); give a number from 0 to 1.")
        }

        func run() async throws {
            let change = threshold.change
            let result = try await withThresholds(of: service, changes: true) { client in
                [try await client.setThreshold(className, of: model, to: change)]
            } here: { settings in
                [try await settings.setThreshold(className, of: model, to: change)]
            }
            try ThresholdsCommand.write(result, .text)
        }
    }

    /// `earwitness thresholds reset [CLASS]`.
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes what was set for a class, or for all."
        )

        @Argument(help: "The class; without it all of them.") var className: String?
        @Option(help: "Only this model; without it all models.")
        var model: String?
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let result = try await withThresholds(of: service, changes: true) { client in
                guard let className else { return try await client.resetThresholds(of: model) }
                return [try await client.resetThreshold(className, of: model)]
            } here: { settings in
                try await settings.resetThreshold(className, of: model)
            }
            try ThresholdsCommand.write(result, .text)
        }
    }

    private static func write(_ thresholds: [ThresholdMessage], _ format: ReportFormat) throws {
        switch format {
        case .json:
            for threshold in thresholds {
                try StandardOutput.writeLine(threshold.json.text)
            }
        case .text:
            // With one model there is nothing to tell apart.
            let hasSeveral = Swift.Set(thresholds.map(\.model)).count > 1
            let rows = thresholds.map { threshold in
                [
                    threshold.className, decimals(threshold.on), decimals(threshold.off),
                    switchText(threshold), threshold.origin,
                ] + (hasSeveral ? [threshold.model] : [])
            }
            try StandardOutput.write(
                TextTable(
                    header: ["class", "on", "off", "reported", "from"]
                        + (hasSeveral ? ["model"] : []),
                    rows: rows,
                    rightAligned: [1, 2]
                ).text
            )
        }
    }
}

/// What a class is set to: a threshold, or whether it is reported.
struct ThresholdArgument: ExpressibleByArgument {
    let change: ThresholdChange

    init?(argument: String) {
        switch argument {
        case "on": change = ThresholdChange(isReported: true)
        case "off": change = ThresholdChange(isReported: false)
        default:
            guard let on = Double(argument) else { return nil }
            change = ThresholdChange(on: on)
        }
    }
}

/// The thresholds that a table shows: without the hundreds of classes of a large model that are off
/// and were never asked for.
struct ThresholdListing {
    /// Models with no more classes than this are shown whole.
    private static let mostOfAWholeModel = 60

    /// What is shown, in order.
    let shown: [ThresholdMessage]
    /// How many classes are left out, by model.
    private let leftOut: [(model: String, count: Int)]

    /// Chooses.
    ///
    /// - Parameters:
    ///   - thresholds: Those of all classes.
    ///   - groups: The groups of each model, which are shown even if they are off.
    init(_ thresholds: [ThresholdMessage], groups: [String: Set<String>]) {
        let counts = Dictionary(grouping: thresholds, by: \.model).mapValues(\.count)
        shown = thresholds.filter { threshold in
            counts[threshold.model, default: 0] <= Self.mostOfAWholeModel || threshold.isReported
                || !["default", "model \(threshold.model)"].contains(threshold.origin)
                || threshold.isSwitched
                || groups[threshold.model]?.contains(threshold.className) == true
        }
        let shownCounts = Dictionary(grouping: shown, by: \.model).mapValues(\.count)
        leftOut = counts.map { ($0, $1 - shownCounts[$0, default: 0]) }
            .filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
    }

    /// How many classes of which model are left out, a line each.
    var remark: String {
        leftOut.map { model, count in
            "\(count) more classes of \(model) are off; --all shows them, "
                + "'earwitness thresholds set CLASS on' switches one on.\n"
        }.joined()
    }
}

extension ServiceOptions {
    /// The names of the groups of models, as far as their folders can be read here.
    fileprivate func groups(of names: Set<String>) -> [String: Set<String>] {
        var groups: [String: Set<String>] = [:]
        for name in names {
            guard let folder = try? models.folder(of: name),
                let text = try? String(contentsOfFile: "\(folder)/model.yaml", encoding: .utf8),
                let about = try? ModelDescription.read(text, file: "\(folder)/model.yaml")
            else { continue }
            groups[name] = Set(about.groups.map(\.soundClass.name))
        }
        return groups
    }
}

/// Asks the running service, or does the same here when none runs.
///
/// A change here holds the lock of the history, so that neither a service that starts nor another
/// such command comes between reading the file and writing it.
private func withThresholds(
    of service: ServiceOptions,
    changes: Bool = false,
    running: (MonitorClient) async throws -> [ThresholdMessage],
    here: (SettingsInForce) async throws -> [ThresholdMessage]
) async throws -> [ThresholdMessage] {
    do {
        return try await running(
            MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        )
    } catch ClientError.notRunning(let socket) {
        let lock = changes ? try service.historyLock(unansweredAt: socket) : nil
        defer { withExtendedLifetime(lock) {} }
        let settings = try service.settingsHere()
        let thresholds = try await here(settings)
        if changes {
            for remark in await settings.overridesRemarks {
                StandardError.writeMessage(remark)
            }
        }
        return thresholds
    }
}

/// Whether a class is reported, where that needs a word.
private func switchText(_ threshold: ThresholdMessage) -> String {
    guard threshold.isSwitched else { return threshold.isReported ? "" : "off" }
    return "\(threshold.isReported ? "on" : "off") (set by command)"
}

/// A score as a table shows it: in hundredths, or in thousandths where those would say 0 or 1 of
/// what can be reached.
private func decimals(_ value: Double) -> String {
    let hundredths = String(format: "%.2f", value)
    let isRoundedAway = ["0.00", "1.00"].contains(hundredths) && Double(hundredths) != value
    return isRoundedAway ? String(format: "%.3f", value) : hundredths
}
