import ArgumentParser
import AudioFiles
import Detection
import EventExports
import Foundation
import ModelLibrary
import MonitorConfiguration
import MonitorMessages
import MonitorPipeline

/// `earwitness analyze`: the same pipeline over recordings.
struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Finds the sounds in recordings, far faster than real time.",
        discussion: """
            Reads WAV, FLAC, Ogg and MP3; folders are searched for recordings. A recording that \
            can't be read is reported, the rest goes on, and the exit code is 65 at the end.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Argument(help: "Recordings and folders of recordings.") var paths: [String]
    @Option(help: "The model, by name or path; without it the configured one.") var model: String?
    @Option(help: "text, json, csv, audacity or raven.") var format = EventFormat.text
    @Flag(help: "Print the number of events per class and recording instead of the events.")
    var count = false
    @Option(
        help: ArgumentHelp(
            "Write every hop's scores into this folder, one CSV a recording.",
            valueName: "folder"
        )
    )
    var scores: String?
    @Option(help: ArgumentHelp("How many recordings are analysed at a time.", valueName: "count"))
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard jobs > 0 else { throw ValidationError("--jobs is \(jobs); give 1 or more.") }
    }

    func run() async throws {
        let configuration = try service.loadConfiguration()
        let model = try service.loadModel(self.model ?? configuration.model)
        let analyzer = RecordingAnalyzer(
            model: model,
            settings: try configuration.analysisSettings(for: model)
        )
        let recordings = try RecordingList(paths)
        let scoreWriter = try scores.map {
            try ScoreWriter(folder: $0, recordings: recordings.paths)
        }
        let batch = RecordingBatch(
            recordings: recordings.paths,
            jobs: jobs,
            analyzer: analyzer,
            scores: scoreWriter,
            classNames: model.classes.map(\.name)
        )

        var writer = EventTextWriter(
            format: format,
            originTitle: "file",
            frequencyRangeHz: model.frontEnd.frequencyRangeHz
        )
        var counts = EventCounts(classNames: model.classes.map(\.name))
        var failures = 0
        let progress = BatchProgress(recordingCount: recordings.paths.count)
        for await (_, result) in batch.results(progress: progress) {
            progress.clear()
            switch result {
            case .success(let analysis):
                counts.add(analysis)
                if !count {
                    StandardOutput.write(writer.text(of: analysis.rows(model: model)))
                    StandardOutput.flush()
                }
                if let reason = analysis.incompleteReason {
                    failures += 1
                    StandardError.write("earwitness: \(reason)\n")
                }
            case .failure(let error):
                guard recordings.paths.count > 1 else { throw error }
                failures += 1
                let message = CommandFailure(describing: error)?.message ?? "\(error)"
                StandardError.write("earwitness: \(message)\n")
            }
        }
        progress.clear()
        if count { StandardOutput.write(counts.text(format: format)) }
        guard failures == 0 else {
            throw CommandFailure(
                .badData,
                "\(failures) of \(recordings.paths.count) recording(s) could not be read to the end."
            )
        }
    }
}

extension RecordingAnalysis {
    /// The events in the words of the formats.
    func rows(model: SoundModel) -> [EventRow] {
        events.map { event in
            let soundClass = model.classes[event.classIndex]
            return EventRow(
                RecordingEventMessage(
                    source: "file",
                    className: soundClass.name,
                    label: soundClass.label,
                    recordingStart: startTime,
                    peakScore: Double(event.peakScore),
                    meanScore: Double(event.meanScore),
                    levelDBFS: event.levelDBFS.isFinite ? Double(event.levelDBFS) : nil,
                    model: model.name,
                    file: path,
                    startSeconds: event.start.seconds(atRate: sampleRateHz),
                    endSeconds: event.end.seconds(atRate: sampleRateHz)
                )
            )
        }
    }
}
