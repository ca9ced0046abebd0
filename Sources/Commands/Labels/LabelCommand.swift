import ArgumentParser
import EventStore
import Foundation
import Messages
import Platform
import SoundDatasets

/// `earwitness label ID VERDICT`: what a person says of an event.
struct LabelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label",
        abstract: "Says what an event really was.",
        discussion: """
            'right': it was what it was taken for; 'wrong': a false alarm; or the name of a sound, which \
            need not be a class of a model. The event stays as it was detected; the last label counts. \
            Works whether or not the service runs.
            """
    )

    @Argument(help: "The number of the event, as 'earwitness events --format json' gives it.")
    var id: Int64
    @Argument(help: "right, wrong, a class, or a name of your own.")
    var verdict: String
    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard id > 0 else { throw ValidationError("The event is \(id); give a number above 0.") }
        guard LabelVerdict(verdict) != nil else {
            throw ValidationError(
                "'\(verdict)' cannot be the name of a sound; give 1 to \(LabelVerdict.longestName) "
                    + "characters without semicolons or line ends."
            )
        }
    }

    func run() async throws {
        let history = try await HistoryAccess.open(service, writes: true)
        defer { history.close() }
        guard let said = LabelVerdict(verdict), let event = try await history.event(id) else {
            throw StoreError.noSuchEvent(id: id)
        }
        let known = try await history.classNames()
        let name = said.className(of: event.className)
            .map { LabelMapping(classNames: known).className(for: $0) }
        let labelled = try await history.label(id, name, from: .command)
        try StandardOutput.writeLine(Self.text(of: labelled))
        if let name, !known.contains(name) {
            StandardError.writeMessage(
                "No model in use has a class '\(PathText.shown(name))'; it is kept as a name of your own."
            )
        }
    }

    /// A labelled event in a line.
    static func text(of event: EventMessage) -> String {
        let verdict =
            switch event.userLabel {
            case nil: "not labelled"
            case let label? where label.className == event.className: "right"
            case let label?: label.className.map { "it was \($0)" } ?? "a false alarm"
            }
        return "\(event.id)  \(event.label)  \(LocalTime().text(event.start))  \(event.source): "
            + PathText.shown(verdict)
    }
}

/// `earwitness labels`: what people said of events, out, in and added up.
struct LabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Exports, imports and adds up what you said of events.",
        discussion: """
            'earwitness label' and the page's buttons say what an event really was. Works whether or not \
            the service runs.
            """,
        subcommands: [
            LabelsExportCommand.self, LabelsImportCommand.self, LabelsReportCommand.self,
        ]
    )
}
