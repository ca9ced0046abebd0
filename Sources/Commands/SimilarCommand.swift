import ArgumentParser
import Detection
import EventStore
import Foundation
import Learning
import Messages
import ModelLibrary
import Monitor
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness similar --event ID`: what was heard that sounds like an event or a recording.
struct SimilarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Finds what sounds like an event or a clip, in weeks of which no sound is kept.",
        discussion: """
            Compares the prints of the event or clip, 64 bytes a second, with those of every second that \
            was not silent. They are kept for storage.print_days; of private classes there are \
            none. Works whether or not the service runs.
            """
    )

    /// The forms of the answer.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, csv
    }

    @Option(help: "The number of the event.") var event: Int64?
    @Option(help: ArgumentHelp("A recording of the sound, 0.1 to 30 s.", valueName: "file"))
    var clip: String?
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "30d"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(help: "Only this source.") var source: String?
    @Option(help: ArgumentHelp("At most this many sounds.", valueName: "count"))
    var limit = SimilarSounds.defaultLimit
    @Option(help: "text, json or csv.") var format = Format.text
    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (event == nil) != (clip == nil) else {
            throw ValidationError("Give --event with a number, or --clip with a recording.")
        }
        guard event ?? 1 > 0 else {
            throw ValidationError("--event is \(event ?? 0); give the number of an event.")
        }
        guard (1...SimilarSounds.greatestLimit).contains(limit) else {
            throw ValidationError("--limit is \(limit); give 1 to \(SimilarSounds.greatestLimit).")
        }
    }

    func run() async throws {
        let range = try TimeRange(since: since, until: until)
        let answer =
            if let clip {
                try answer(about: clip, from: range.start, to: range.end)
            } else {
                try await answer(toEvent: event ?? 0, from: range.start, to: range.end)
            }
        let text =
            switch format {
            case .text: SimilarText(answer).text
            case .json: answer.json.text + "\n"
            case .csv: SimilarText(answer).csv
            }
        try StandardOutput.write(text, remarks: answer.remarks)
    }

    /// How many windows of a clip are looked for, the loudest.
    private static let clipWindows = 3

    /// A clip is looked for in the file, beside a service that runs.
    private func answer(
        about clip: String,
        from start: Date,
        to end: Date
    ) throws -> SimilarMessage {
        // Says what is wrong with it.
        _ = try ExampleClip(path: clip, name: clip)
        let names = try service.loadConfiguration().modelsInUse
        let models = try service.loadInstalledModels(names).models
        guard let model = models.first(where: { $0.embedding != nil }) else {
            throw CommandFailure(
                .badData,
                "\(names.joined(separator: ", ")) has no embedding, so that sounds can't be compared. "
                    + "Choose another model ('earwitness models inspect' shows it)."
            )
        }
        let rows = try WindowEmbedder(model).loudestWindows(of: clip, most: Self.clipWindows)
        let prints = (0..<rows.count).compactMap { SoundPrint(of: Array(rows[$0]).span) }
        guard let print = SoundPrint(mean: prints) else {
            throw CommandFailure(.badData, "'\(clip)' has no print. Give another recording.")
        }
        return try answerFromFile(
            .recording(path: clip, print: print, windows: prints.count, model: model),
            from: start,
            to: end
        )
    }

    private func answer(
        toEvent event: Int64,
        from start: Date,
        to end: Date
    ) async throws -> SimilarMessage {
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
            return try answerFromFile(.event(event), from: start, to: end)
        } catch .refused(404, let message) {
            throw CommandFailure(.noInput, message.message)
        }
    }

    private func answerFromFile(
        _ sample: SimilarSounds.Sample,
        from start: Date,
        to end: Date
    ) throws -> SimilarMessage {
        let store = try EventStore.openForQueries(path: service.location.databasePath)
        defer { try? store.close() }
        try store.requireNames(source: source)
        return try SimilarSounds(sample, from: start, to: end, source: source, limit: limit)
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
            return "Nothing was heard that is like \(sample).\n" + compared
        }
        let table = TextTable(
            header: [
                answer.event.map { "like \($0)" } ?? "likeness", "when", "source", "seconds",
                "event", "class",
            ],
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

    /// A line for each sound, the likest first, under a header.
    var csv: String {
        CSVLine.text(["likeness", "source", "at", "start", "end", "event", "class", "label"])
            + answer.found.map { sound in
                CSVLine.text(
                    [String(format: "%.3f", sound.likeness), sound.source]
                        + [sound.at, sound.start, sound.end].map(UTCTimestamp.text)
                        + [
                            sound.event.map { "\($0.id)" } ?? "", sound.event?.className ?? "",
                            sound.event?.label ?? "",
                        ]
                )
            }.joined()
    }

    private var compared: String {
        let own =
            answer.recording == nil
            ? "\(answer.eventPrints) second(s) of the event"
            : "\(answer.eventPrints) window(s) of the recording"
        return "Compared \(own) with \(answer.comparedPrints) of other sound, by "
            + "\(answer.modelName).\n"
    }

    private var sample: String {
        answer.event.map { "event \($0)" } ?? "'\(answer.recording ?? "")'"
    }
}
