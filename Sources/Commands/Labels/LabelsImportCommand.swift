import ArgumentParser
import Foundation
import Messages
import Platform
import SoundDatasets

/// `earwitness labels import FILE`: labels from Audacity or a table.
struct LabelsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes labels from an Audacity label track or a CSV file.",
        discussion: """
            A label is right, wrong or the name of a sound. CSV needs a header with 'event' (its number) or \
            'time' and 'source', and 'label' or 'verdict', as 'earwitness labels export' writes it. A label \
            track counts seconds from --start. If a line cannot be read, nothing is imported. What cannot \
            be matched to an event is named, and the exit code is 65.
            """
    )

    @Argument(help: "The file.") var file: String
    @Option(help: ArgumentHelp("The moment of second 0 of a label track.", valueName: "time"))
    var start: String?
    @Option(help: "The source of lines that name none.") var source: String?
    @OptionGroup var service: ServiceOptions

    /// Events that began so long before a label may still be on, in seconds.
    private static let longestEvent: TimeInterval = 3_600
    /// The lines that are named one by one.
    private static let mostNamed = 20

    func run() async throws {
        let entries = try LabelFile.read(path: file)
        let origin = try start.map { try MomentExpression.reading($0, as: .since).moment }
        if origin == nil, let first = entries.first(where: { $0.seconds != nil }) {
            throw CommandFailure(
                .usage,
                "\(file):\(first.line): a label track counts seconds. Give the moment of second 0 with "
                    + "--start, such as --start '2026-11-29 06:00'."
            )
        }
        let history = try await HistoryAccess.open(service, writes: true)
        defer { history.close() }
        let match = LabelMatch(
            entries,
            among: try await events(for: entries, origin, history),
            classNames: try await history.classNames(),
            origin: origin,
            source: source
        )
        var (stored, present) = (0, 0)
        for (event, className) in match.labels {
            if let label = event.userLabel, label.className == className {
                present += 1
                continue
            }
            try await history.label(event.id, className, from: .imported)
            stored += 1
        }
        StandardError.writeMessage(
            "\(stored) label(s) stored" + (present > 0 ? ", \(present) were there already." : ".")
        )
        guard !match.unmatched.isEmpty else { return }
        let named = match.unmatched.prefix(Self.mostNamed)
            .map { "line \($0.line): \($0.reason)" }.joined(separator: "; ")
        let rest = match.unmatched.count - Self.mostNamed
        throw CommandFailure(
            .badData,
            "\(match.unmatched.count) of \(entries.count) labels in '\(file)' match no event and are left "
                + "out: \(named)\(rest > 0 ? "; and \(rest) more" : "")."
        )
    }

    /// The events that may be meant: those of the numbers, and those of the time.
    private func events(
        for entries: [LabelEntry],
        _ origin: Date?,
        _ history: HistoryAccess
    ) async throws -> [EventMessage] {
        var events: [EventMessage] = []
        for id in Set(entries.compactMap(\.eventID)) {
            if let event = try await history.event(id) { events.append(event) }
        }
        let times = entries.filter { $0.eventID == nil }.flatMap { entry -> [Date] in
            guard let seconds = entry.seconds, let origin else {
                return [entry.time].compactMap(\.self)
            }
            return [origin + seconds.lowerBound, origin + seconds.upperBound]
        }
        guard let first = times.min(), let last = times.max() else { return events }
        let known = Set(events.map(\.id))
        events += try await history.events(
            since: first - Self.longestEvent,
            until: last + 60
        ).filter { !known.contains($0.id) }
        return events.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    }
}
