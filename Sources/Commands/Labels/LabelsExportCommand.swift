import ArgumentParser
import EventStore
import Foundation
import Messages
import Platform
import SoundDatasets

/// `earwitness labels export FOLDER`: the labelled clips as a data set.
struct LabelsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the labelled clips as a data set for train and evaluate.",
        discussion: """
            The folder gets a folder of clips for each label and 'labels.csv', which names them all. Give \
            either of them to 'earwitness train' and 'earwitness evaluate'.
            """
    )

    @Argument(help: "The folder, which must be new or empty.") var folder: String
    @OptionGroup var service: ServiceOptions

    /// The folder of false alarms: sounds of no class.
    private static let falseAlarms = "false_alarm"
    private static let table = "labels.csv"
    /// The longest name of a folder, in bytes, with room for what file systems allow.
    private static let longestName = 200

    func run() async throws {
        try requireEmpty()
        let history = try await HistoryAccess.open(service, writes: false)
        defer { history.close() }
        let events = try await history.events(label: .any)
        guard !events.isEmpty else {
            throw CommandFailure(
                .noInput,
                "No event is labelled. Say what events were, with 'earwitness label' or on the page."
            )
        }
        guard events.contains(where: { $0.clip != nil }) else {
            throw CommandFailure(
                .noInput,
                "None of the \(events.count) labelled events has a clip. Set clips.keep to events, and "
                    + "label what is heard from then on."
            )
        }
        try OutputFolder.create(folder, for: "the labelled clips")
        var rows = ["path,label,group,event,source,time,class,verdict\n"]
        var left: [Int64] = []
        for event in events {
            guard let clip = event.clip, let bytes = try await history.clip(of: event) else {
                left.append(event.id)
                continue
            }
            let label = event.userLabel?.className
            let place = "\(Self.folderName(of: label))/\(event.id).\(Self.ending(of: clip))"
            try OutputFile.createFolder(PathText.join(folder, PathText.folder(of: place)))
            try OutputFile.write(bytes, to: PathText.join(folder, place))
            rows.append(Self.row(of: event, label, place))
        }
        // Last, so that a folder with it is whole.
        try OutputFile.write(rows.joined(), to: PathText.join(folder, Self.table))
        StandardError.writeMessage(
            "\(rows.count - 1) labelled clip(s) are in '\(folder)', listed in \(Self.table)."
                + Self.remark(onEventsWithoutClip: left)
        )
    }

    private func requireEmpty() throws {
        guard FileFacts(folder) != nil else { return }
        let entries = try? FolderListing(folder, followsLinks: true).entries
        guard entries?.isEmpty == true else {
            throw CommandFailure(
                .cannotCreate,
                "'\(folder)' is not an empty folder. Give a new one: clips of an earlier export may have "
                    + "other labels by now."
            )
        }
    }

    private static func row(of event: EventMessage, _ label: String?, _ place: String) -> String {
        let time = UTCTimestamp.text(event.start)
        return CSVLine.text([
            // The sounds of a day are alike: they stay on one side of a split.
            place, label.map(columnText) ?? "", "\(event.source) \(time.prefix(10))", "\(event.id)",
            event.source, time, event.className, label == event.className ? "right" : "wrong",
        ])
    }

    /// A label as a column of labels holds it, in which semicolons separate several.
    private static func columnText(_ label: String) -> String {
        String(label.map { $0 == ";" || $0.isNewline ? "," : $0 })
    }

    private static func folderName(of label: String?) -> String {
        guard let label else { return falseAlarms }
        var name = OutputFolder.fileName(for: columnText(label))
        if name.hasPrefix(".") { name = "_" + name.dropFirst() }
        while name.utf8.count > longestName { name.removeLast() }
        return name
    }

    private static func ending(of clip: String) -> String {
        clip.split(separator: ".").last.map(String.init) ?? "flac"
    }

    private static func remark(onEventsWithoutClip ids: [Int64]) -> String {
        guard !ids.isEmpty else { return "" }
        let shown = ids.prefix(20).map(String.init).joined(separator: ", ")
        let rest = ids.count > 20 ? " and \(ids.count - 20) more" : ""
        return " \(ids.count) labelled event(s) have no clip and are left out: \(shown)\(rest)."
    }
}
