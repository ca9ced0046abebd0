import AudioFiles
import Detection
import Foundation
import LogMelFeatures
import Messages
import ModelLibrary
import Monitor
import Platform
import SoundDatasets

/// Prints what was found, recording by recording, and keeps the journal of it.
final class AnalysisReport {
    /// How many recordings were analysed or found unreadable.
    private(set) var finishedCount = 0
    /// How many could not be read to the end.
    private var failureCount = 0
    /// For how many a model gave invalid scores.
    private var invalidCount = 0
    /// Problems with recordings, one sentence each, printed at the end.
    var faults: [String] {
        if isOnlyRecording, let onlyFault { return [onlyFault] }
        var lines: [String] = []
        if failureCount > 0 {
            lines.append(
                "\(failureCount) of \(finishedCount) recording(s) could not be read to the end."
            )
        }
        if invalidCount > 0 {
            lines.append(
                "A model gave invalid scores for \(invalidCount) of \(finishedCount) recording(s)."
            )
        }
        return lines
    }

    private let models: [SoundModel]
    private let format: EventFormat
    private let isCount: Bool
    private let journal: AnalysisJournal?
    private let isOnlyRecording: Bool
    private var onlyFault: String?
    private var writer: EventTextWriter
    private var counts: EventCounts
    private var counted: [String] = []
    private var writtenTimeOrigins: Set<String> = []

    /// Begins with nothing written.
    ///
    /// - Parameters:
    ///   - models: The models that name the classes.
    ///   - countedClasses: For each model the names of the classes that are counted, in the
    ///     events' order.
    ///   - format: The form of the events or counts.
    ///   - isCount: Whether only the numbers of events are written, at the end.
    ///   - journal: Where finished recordings are listed.
    ///   - isOnlyRecording: Whether a recording that can't be read is the command's failure.
    init(
        models: [SoundModel],
        countedClasses: [[String]],
        format: EventFormat,
        isCount: Bool,
        journal: AnalysisJournal?,
        isOnlyRecording: Bool
    ) {
        self.models = models
        self.format = format
        self.isCount = isCount
        self.journal = journal
        self.isOnlyRecording = isOnlyRecording
        writer = EventTextWriter(
            format: format,
            originTitle: "file",
            namesModels: models.count > 1,
            frequencyRangeHz: models.map(\.frontEnd.frequencyRangeHz).joined
        )
        counts = EventCounts(modelNames: models.map(\.name), classNames: countedClasses)
    }

    /// Passes over a recording that was done before; the ones after it keep their places on the
    /// time axis that goes through all recordings.
    ///
    /// - Parameter seconds: How long it is.
    func skip(seconds: Double) {
        writer.advance(bySeconds: seconds)
    }

    /// Writes what was found in a recording; one that was interrupted is passed over.
    ///
    /// - Throws: When something can't be written, or the only recording can't be read.
    func write(_ result: Result<RecordingAnalysis, any Error>, of path: String) throws {
        switch result {
        case .success(let analysis):
            if let start = analysis.start { writeTimeOrigin(start, of: path) }
            for warning in analysis.warnings { StandardError.writeMessage(warning) }
            if let reason = analysis.incompleteReason {
                failureCount += 1
                StandardError.writeMessage(reason)
            }
            let isValid = analysis.scoreFaults.isEmpty
            if !isValid { invalidCount += 1 }
            if isOnlyRecording, analysis.incompleteReason == nil {
                onlyFault = isValid ? nil : analysis.scoreFaults.joined(separator: " ")
            } else {
                for fault in analysis.scoreFaults {
                    StandardError.writeMessage(fault)
                }
            }
            if isCount {
                counts.add(analysis)
                if isValid { counted.append(path) }
            } else {
                try StandardOutput.write(writer.text(of: analysis.rows(models: models)))
                writer.advance(bySeconds: analysis.durationSeconds)
                if isValid { try list([path]) }
            }
            finishedCount += 1
        case .failure(is CancellationError):
            return
        case .failure(let error) where error is FileWriteError || error is CommandFailure:
            // Results that can't be written are lost for every recording: it makes no sense to continue.
            throw error
        case .failure(let error):
            guard !isOnlyRecording else { throw error }
            finishedCount += 1
            failureCount += 1
            let failure = CommandFailure(describing: error) ?? CommandFailure(unexpected: error)
            failure.write()
        }
    }

    /// Writes the counts, if they were asked for.
    ///
    /// - Throws: When something can't be written.
    func finish() throws {
        guard isCount else { return }
        try StandardOutput.write(counts.text(format: format))
        try list(counted)
    }

    /// Writes where the recording's time is from, once for each origin.
    private func writeTimeOrigin(_ start: RecordingStart, of path: String) {
        if writtenTimeOrigins.insert(start.explanation).inserted {
            StandardError.writeMessage("\(start.explanation), as of '\(path)'.")
        }
        if let remark = start.remark { StandardError.writeMessage(remark) }
    }

    /// Lists recordings as done, once what was found in them is safe.
    private func list(_ paths: [String]) throws {
        guard let journal else { return try StandardOutput.flush() }
        try StandardOutput.sync()
        for path in paths {
            try journal.append(path)
        }
    }
}

extension RecordingAnalysis {
    /// How long the recording is, as far as it can be read.
    fileprivate var durationSeconds: Double { Double(sampleCount) / Double(sampleRateHz) }
}

extension RecordingStart {
    /// How the time of a recording is known, as the beginning of a sentence.
    fileprivate var explanation: String {
        let origin =
            switch source {
            case .guano: "the GUANO metadata"
            case .audioMoth: "AudioMoth's comment"
            case .wamd: "Wildlife Acoustics' metadata (wamd)"
            case .broadcastWave: "the Broadcast Wave header (bext)"
            case .tag: "the date tag"
            case .name: "the file name"
            }
        let zone =
            switch zoneSource {
            case .written: "with its zone"
            case .given: "in the zone of --timezone"
            case .local: "in local time, because it has no zone (set one with --timezone)"
            case .audioMothConvention:
                "in UTC, as AudioMoth recorders write it, because it has no zone (set one with --timezone)"
            }
        return "Recording times: from \(origin), \(zone)"
    }
}

extension RecordingAnalysis {
    /// The events in the words of the formats.
    func rows(models: [SoundModel]) -> [EventRow] {
        findings.map { finding in
            let (model, event) = (models[finding.model.rawValue], finding.event)
            let soundClass = model.soundClass(of: event)
            return EventRow(
                RecordingEventMessage(
                    source: "file",
                    className: soundClass.name,
                    label: soundClass.label,
                    recordingStart: startTime,
                    timeFrom: start?.source.rawValue,
                    peakScore: Double(event.peakScore),
                    meanScore: Double(event.meanScore),
                    levelDBFS: event.levelDBFS.isFinite ? Double(event.levelDBFS) : nil,
                    secondScore: event.secondScore.map { Double($0) },
                    model: model.name,
                    file: path,
                    startSeconds: event.start.seconds(atRate: sampleRateHz),
                    endSeconds: event.end.seconds(atRate: sampleRateHz)
                )
            )
        }
    }
}
