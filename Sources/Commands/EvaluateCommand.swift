import ArgumentParser
import Detection
import Evaluation
import Foundation
import Messages
import ModelLibrary
import Monitor
import Platform
import SoundDatasets

/// `earwitness evaluate`: how well a model does on labelled recordings.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures a model's accuracy with standard metrics.",
        discussion: """
            The data set is a folder with a folder of clips for each class, or recordings with \
            labels: Audacity's, Raven's or DCASE's. Labels that are not classes of the model \
            count as unknown sounds: every event in them is a false alarm.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Argument(help: "The model, by name or path.") var model: String
    @Argument(help: "The data set: a folder or a table of labels.") var dataset: String
    @Option(help: "text or json.") var format = ReportFormat.text
    @Option(help: ArgumentHelp("Also write the report as a web page.", valueName: "file"))
    var html: String?
    @Option(help: ArgumentHelp("Use only clips of this fold.", valueName: "number"))
    var fold: Int?
    @Option(
        help: ArgumentHelp("Maps a label to a class of the model.", valueName: "label=class")
    )
    var map: [String] = []
    @Option(help: ArgumentHelp("The tolerance of event onsets and offsets.", valueName: "seconds"))
    var collar = EventMatchRule().collarSeconds
    @Option(help: ArgumentHelp("The length of a segment.", valueName: "seconds"))
    var segment = 1.0
    @Flag(help: "Suggest thresholds that stay within --max-false-alarms-per-day.")
    var suggestThresholds = false
    @Option(help: ArgumentHelp("How many false alarms a day are allowed.", valueName: "number"))
    var maxFalseAlarmsPerDay: Double?
    @Flag(help: "Write the suggested thresholds into the model's model.yaml.")
    var writeThresholds = false
    @Option(
        help: ArgumentHelp(
            "Fit a calibration of the scores instead: temperature or platt.",
            valueName: "method"
        )
    )
    var calibrate: CalibrationMethod?
    @Option(
        help: ArgumentHelp(
            "With --calibrate: also fit the familiarity threshold, so that this share of the "
                + "windows with known sounds is kept.",
            valueName: "0...1"
        )
    )
    var keepKnown: Double?
    @Flag(help: "Write the calibration into the model's model.yaml.")
    var writeCalibration = false
    @Option(help: ArgumentHelp("How many recordings are analysed in parallel.", valueName: "count"))
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard jobs > 0 else { throw ValidationError("--jobs is \(jobs); give 1 or more.") }
        guard collar > 0, collar <= 60 else {
            throw ValidationError("--collar is \(collar); give seconds above 0, up to 60.")
        }
        guard segment >= 0.01, segment <= 600 else {
            throw ValidationError("--segment is \(segment); give seconds from 0.01 to 600.")
        }
        guard suggestThresholds == (maxFalseAlarmsPerDay != nil) else {
            throw ValidationError(
                "--suggest-thresholds and --max-false-alarms-per-day go together; give both."
            )
        }
        guard suggestThresholds || !writeThresholds else {
            throw ValidationError("--write-thresholds needs --suggest-thresholds; give both.")
        }
        guard calibrate != nil || (keepKnown == nil && !writeCalibration) else {
            throw ValidationError("--keep-known and --write-calibration need --calibrate.")
        }
        guard calibrate == nil || (!suggestThresholds && html == nil) else {
            throw ValidationError(
                "--calibrate cannot be combined with --html or --suggest-thresholds; run evaluate "
                    + "twice."
            )
        }
        if let share = keepKnown, !(share > 0 && share <= 1) {
            throw ValidationError("--keep-known is \(share); give more than 0, up to 1.")
        }
        if let allowed = maxFalseAlarmsPerDay, !(allowed >= 0 && allowed.isFinite) {
            throw ValidationError("--max-false-alarms-per-day is \(allowed); give 0 or more.")
        }
    }

    func run() async throws {
        // Before the work, not after it.
        if let html { _ = try OutputFile(path: html) }
        let configuration = try service.loadConfiguration()
        let model = try service.loadModel(self.model)
        let settings = try configuration.analysisSettings(for: model, refusesUnknown: false)
        let replay = EventReplay(
            classNames: model.classes.map(\.name),
            settings: settings.detection
        )
        let dataset = try knownLabels(of: DataSetReader.read(path: self.dataset), replay)
        if let calibrate {
            try await self.calibrate(model, by: calibrate, on: dataset, settings)
            return
        }
        let scorer = RecordingScorer(
            analyzer: RecordingAnalyzer(model: model, settings: settings),
            jobs: jobs
        )
        switch dataset {
        case .clips(let clips):
            guard !suggestThresholds else { throw EvaluationError.clipsHaveNoRate }
            let clips = try clips.ofFold(fold)
            let scored = try await score(
                clips.map { AnnotatedRecording(path: $0.path, sounds: []) },
                scorer
            )
            let report = ClipReport(
                modelName: model.name,
                dataSetPath: self.dataset,
                clips: clips,
                scored: scored,
                replay: replay
            )
            try show(text: report.text, json: report.json.text)
            if let html { try OutputFile.write(report.html, to: html) }
        case .recordings(let recordings):
            guard fold == nil else {
                throw CommandFailure(.usage, "--fold is for clips; recordings have no folds.")
            }
            let report = try await report(recordings, model, replay, scorer)
            try show(text: report.text, json: report.json.text)
            if let html { try OutputFile.write(report.html, to: html) }
            if writeThresholds, let suggestion = report.suggestion {
                let names = try ThresholdWriter(model: model, replay: replay).write(suggestion)
                StandardError.write("Thresholds written: \(names.joined(separator: ", ")).\n")
            }
        }
    }

    private func report(
        _ recordings: [AnnotatedRecording],
        _ model: SoundModel,
        _ replay: EventReplay,
        _ scorer: RecordingScorer
    ) async throws -> EventReport {
        var rule = EventMatchRule()
        rule.collarSeconds = collar
        let scored = try await score(recordings, scorer)
        var report = EventReport(
            modelName: model.name,
            dataSetPath: dataset,
            recordings: scored,
            replay: replay,
            sweep: await ThresholdSweep.run(scored, replay: replay, jobs: jobs),
            eventRule: rule,
            segmentSeconds: segment
        )
        if let allowed = maxFalseAlarmsPerDay {
            report.suggestThresholds(falseAlarmsPerDay: allowed)
        }
        return report
    }

    func score(
        _ recordings: [AnnotatedRecording],
        _ scorer: RecordingScorer
    ) async throws -> [ScoredRecording] {
        let progress = BatchProgress(recordings: recordings.map(\.path))
        defer { progress.clear() }
        return try await scorer.score(recordings) { progress.update($0, seconds: $1, of: nil) }
    }

    /// The data set in the model's words; clips that have no class in common with it are refused.
    private func knownLabels(
        of dataset: EvaluationDataSet,
        _ replay: EventReplay
    ) throws -> EvaluationDataSet {
        var given: [String: String] = [:]
        for entry in map {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw CommandFailure(.usage, "--map is '\(entry)'; give LABEL=CLASS.")
            }
            guard replay.classNames.contains(parts[1]) else {
                throw EvaluationError.unknownClass(name: parts[1], classNames: replay.classNames)
            }
            given[parts[0]] = parts[1]
        }
        let mapping = LabelMapping(classNames: replay.classNames, given: given)
        let renamed = dataset.renaming(mapping.className(for:))
        let labels = dataset.labels
        guard !labels.isEmpty, Set(renamed.labels).isDisjoint(with: replay.classNames) else {
            return renamed
        }
        let mismatch = EvaluationError.noCommonClass(
            labels: labels,
            classNames: replay.classNames
        )
        // Recordings of nothing but unknown sounds still tell the false alarms.
        guard case .recordings = dataset else { throw mismatch }
        StandardError.writeMessage(mismatch.description)
        return renamed
    }

    /// Writes the report, which is out before anything that follows from it is changed.
    func show(text: String, json: String) throws {
        switch format {
        case .text: try StandardOutput.write(text)
        case .json: try StandardOutput.writeLine(json)
        }
        try StandardOutput.flush()
    }
}

extension CalibrationMethod: ExpressibleByArgument {}
