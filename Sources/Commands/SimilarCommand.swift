import ArgumentParser
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness similar --event ID`: what was heard that sounds like an event.
struct SimilarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Finds what sounds like an event, in weeks of which no sound is kept.",
        discussion: """
            Compares the prints of the event, 64 bytes a second, with those of every second that \
            was not silent. They are kept for storage.print_days; of private classes there are \
            none. Works whether or not the service runs.
            """
    )

    @Option(help: "The number of the event.") var event: Int64
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "30d"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(help: "Only this source.") var source: String?
    @Option(help: ArgumentHelp("At most this many sounds.", valueName: "count"))
    var limit = SimilarSounds.defaultLimit
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard event > 0 else {
            throw ValidationError("--event is \(event); give the number of an event.")
        }
        guard (1...SimilarSounds.greatestLimit).contains(limit) else {
            throw ValidationError("--limit is \(limit); give 1 to \(SimilarSounds.greatestLimit).")
        }
    }

    func run() async throws {
        let range = try TimeRange(since: since, until: until)
        let answer = try await answer(from: range.start, to: range.end)
        let text = format == .json ? answer.json.text + "\n" : SimilarText(answer).text
        try StandardOutput.write(text, remarks: answer.remarks)
    }

    private func answer(from start: Date, to end: Date) async throws -> SimilarMessage {
        do throws(ClientError) {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return try await client.similar(
                toEvent: event,
                since: start,
                until: end,
                source: source,
                limit: limit
            )
        } catch .notRunning {
            return try answerFromFile(from: start, to: end)
        } catch .refused(404, let message) {
            throw CommandFailure(.noInput, message.message)
        }
    }

    private func answerFromFile(from start: Date, to end: Date) throws -> SimilarMessage {
        let store = try EventStore.openForQueries(path: service.location.databasePath)
        defer { try? store.close() }
        try store.requireNames(source: source)
        return try SimilarSounds(event: event, from: start, to: end, source: source, limit: limit)
            .answer(from: store)
    }
}

/// The answer as people read it.
struct SimilarText {
    private let answer: SimilarMessage
    private let times = LocalTime()

    init(_ answer: SimilarMessage) {
        self.answer = answer
    }

    /// A table of the sounds, the likest first, and what they were compared with.
    var text: String {
        guard !answer.found.isEmpty else {
            return "Nothing was heard that is like event \(answer.event).\n" + compared
        }
        let table = TextTable(
            header: ["like \(answer.event)", "when", "source", "seconds", "event", "class"],
            rows: answer.found.map { sound in
                [
                    String(format: "%.2f", sound.likeness), times.text(sound.at), sound.source,
                    String(format: "%.1f", sound.end.timeIntervalSince(sound.start)),
                    sound.event.map { "\($0.id)" } ?? "", sound.event?.className ?? "",
                ]
            },
            rightAligned: [0, 3, 4]
        )
        return table.text + compared
    }

    private var compared: String {
        "Compared \(answer.eventPrints) second(s) of the event with \(answer.comparedPrints) of "
            + "other sound, by \(answer.modelName).\n"
    }
}
