import ArgumentParser
import AudioFiles
import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import Monitor
import Platform
import Settings
import SoundDatasets

/// `earwitness analyze`: the same pipeline over recordings.
struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Finds the sounds in recordings, far faster than real time.",
        discussion: """
            Reads WAV, FLAC, Ogg and MP3, and with FFmpeg's libraries M4A, WebM, WMA and others; \
            folders are searched for recordings; links are followed, hidden files skipped. A \
            recording or folder that cannot be read is reported, the others are analysed, and the \
            exit code is 65. Ctrl-C prints the finished results and exits with 130.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Argument(help: "Recordings and folders of recordings.") var paths: [String]
    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "A model, by name or path; may be given several times; without it the configured ones."
        )
    )
    var model: [String] = []
    @Option(help: RecordingChannel.help) var channel = RecordingChannel.mix
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
    @Option(
        help: ArgumentHelp(
            "Draw each recording with its events into this folder, one PNG a recording.",
            valueName: "folder"
        )
    )
    var spectrogram: String?
    @Option(
        help: ArgumentHelp(
            "Write the sound levels of every minute into this folder, one CSV a recording.",
            valueName: "folder"
        )
    )
    var levels: String?
    @Option(
        help: ArgumentHelp(
            "The calibration from dBFS to dB SPL.",
            discussion: "As in the configuration: 125.2, or '94 dB at -31.2 dBFS'.",
            valueName: "value"
        )
    )
    var calibration: String?
    @Option(
        help: ArgumentHelp(
            "Write the sound of each event into this folder, cut as configured under 'clips'.",
            valueName: "folder"
        )
    )
    var clips: String?
    @Option(
        help: ArgumentHelp(
            "Skip what this file lists as done, and list what gets done.",
            discussion:
                "A recording counts as done only with the same model, channel and content; it may "
                + "have been moved or renamed.",
            valueName: "file"
        )
    )
    var resume: String?
    @Option(
        help: ArgumentHelp(
            "The time zone of recordings whose times have none: Europe/Berlin, +10:00, UTC or local.",
            discussion:
                "Without it, names as AudioMoths write them are UTC and all other times local.",
            valueName: "zone"
        )
    )
    var timezone: String?
    @Option(help: ArgumentHelp("How many recordings are analysed in parallel.", valueName: "count"))
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard jobs > 0 else { throw ValidationError("--jobs is \(jobs); give 1 or more.") }
        if let timezone, Zone(timezone) == nil {
            throw ValidationError(
                "--timezone is '\(timezone)'; give a name such as Europe/Berlin, an offset from UTC "
                    + "such as +10:00, UTC, or local."
            )
        }
        if let calibration {
            guard levels != nil else {
                throw ValidationError("--calibration needs --levels.")
            }
            guard SoundCalibration(calibration) != nil else {
                throw ValidationError(
                    "--calibration is '\(calibration)'; give the sound pressure level of 0 dBFS "
                        + "such as 125.2, or '94 dB at -31.2 dBFS'."
                )
            }
        }
    }

    func run() async throws {
        let configuration = try service.loadConfiguration()
        let models =
            try model.isEmpty
            ? service.loadModels(of: configuration).models : service.loadModels(model).models
        let settings = try configuration.analysisSettings(
            for: models,
            refusesUnknown: model.isEmpty
        )
        let verifier = try service.verifier(of: configuration, for: models)
        let list = try RecordingList(paths)
        let all = list.recordings
        for line in list.remarks + list.obstacles { StandardError.writeMessage(line) }
        let journal = try resume.map {
            try AnalysisJournal(path: $0, models: models, channel: channel)
        }
        let recordings = journal?.remaining(of: list.paths) ?? list.paths
        guard !recordings.isEmpty else {
            StandardError.write("All \(all.count) recording(s) are already done.\n")
            try requireComplete(faults: [], obstacleCount: list.obstacles.count)
            return
        }
        try requireOwnOutputs(of: recordings, journal)
        let clips = try clips.map {
            try ClipWriter(
                folder: $0,
                recordings: all,
                models: models,
                settings: configuration.clips
            )
        }
        let batch = RecordingBatch(
            recordings: recordings,
            jobs: jobs,
            analyzer: RecordingAnalyzer(
                zip(models, settings).map {
                    ModelUse(model: $0, settings: $1, verifier: verifier)
                },
                clips: clips?.settings ?? ClipSettings(),
                channel: channel,
                zone: timezone.flatMap(Zone.init)
            ),
            scores: try scores.map {
                try ScoreWriter(
                    folder: $0,
                    recordings: all,
                    models: models,
                    isDurable: journal != nil
                )
            },
            pictures: try spectrogram.map {
                try SpectrogramWriter(
                    folder: $0,
                    recordings: all,
                    models: models,
                    channel: channel,
                    isDurable: journal != nil
                )
            },
            levels: try levels.map {
                try LevelWriter(
                    folder: $0,
                    recordings: all,
                    calibration: calibration.flatMap(SoundCalibration.init),
                    isDurable: journal != nil
                )
            },
            clips: clips
        )
        let report = AnalysisReport(
            models: models,
            countedClasses: zip(models, settings).map { model, settings in
                (settings.detection.reportsUnknown ? model.about.eventClasses : model.classes)
                    .map(\.name)
            },
            format: format,
            isCount: count,
            journal: journal,
            isOnlyRecording: all.count == 1 && list.obstacles.isEmpty
        )
        InterruptFlag.install()
        var done = DoneRecordings(all: list.paths)
        try await write(batch, report) { path in
            // Only Raven's table has a time axis that goes through all recordings.
            if format == .raven, !count { report.skip(seconds: done.secondsBefore(path)) }
        }
        try requireComplete(faults: report.faults, obstacleCount: list.obstacles.count)
    }

    /// Refuses to write over the output files of a recording that the journal lists as done.
    private func requireOwnOutputs(
        of recordings: [String],
        _ journal: AnalysisJournal?
    ) throws(CommandFailure) {
        guard let journal, [scores, spectrogram, levels, clips].contains(where: { $0 != nil })
        else {
            return
        }
        for recording in recordings {
            guard let other = journal.namesake(of: recording) else { continue }
            throw CommandFailure(
                .cannotCreate,
                "The files of '\(recording)' would get the same names as those of '\(other)', which is "
                    + "already done. Write them to another folder, or use another file for --resume."
            )
        }
    }

    /// Ends with a failure where recordings have faults or a folder could not be searched.
    private func requireComplete(
        faults: [String],
        obstacleCount: Int
    ) throws(CommandFailure) {
        var faults = faults
        if obstacleCount > 0 {
            faults.append(
                "\(obstacleCount) folder(s) or link(s) could not be searched; what is in them is "
                    + "missing."
            )
        }
        guard faults.isEmpty else {
            throw CommandFailure(.badData, faults.joined(separator: " "))
        }
    }

    /// Writes the outcomes as they come, in the order of the recordings.
    ///
    /// - Parameters:
    ///   - batch: The recordings.
    ///   - report: Writes them.
    ///   - prepare: Called before each with the path of the recording.
    /// - Throws: What went wrong with any of them, at the end.
    private func write(
        _ batch: RecordingBatch,
        _ report: AnalysisReport,
        prepare: (String) -> Void
    ) async throws {
        let progress = BatchProgress(recordings: batch.recordings)
        defer { progress.clear() }
        try await batch.run(progress: progress) { outcome in
            progress.clear()
            prepare(outcome.path)
            try report.write(outcome.result, of: outcome.path)
        }
        progress.clear()
        try report.finish()
        guard !InterruptFlag.isSet || report.finishedCount == batch.recordings.count else {
            throw CommandFailure(
                .interrupted,
                "Interrupted with \(report.finishedCount) of \(batch.recordings.count) "
                    + "recording(s) done. Use --resume FILE to continue from here next time."
            )
        }
    }
}
