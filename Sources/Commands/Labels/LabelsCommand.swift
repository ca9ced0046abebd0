import ArgumentParser

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
