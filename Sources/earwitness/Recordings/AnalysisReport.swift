import EventExports
import Foundation
@preconcurrency import Glibc
import LogMelFeatures
import ModelLibrary
import MonitorPipeline

/// Prints what was found, recording by recording, and keeps the journal of it.
final class AnalysisReport {
    /// How many recordings were analysed or found unreadable.
    private(set) var toldCount = 0
    /// How many could not be read to the end.
    private(set) var failureCount = 0

    private let models: [SoundModel]
    private let format: EventFormat
    private let isCount: Bool
    private let journal: AnalysisJournal?
    private let isOnlyRecording: Bool
    private var writer: EventTextWriter
    private var counts: EventCounts
    private var counted: [String] = []

    /// Begins with nothing told.
    ///
    /// - Parameters:
    ///   - models: The models that name the classes.
    ///   - countedClasses: For each model the names of the classes that are counted, in the
    ///     events' order.
    ///   - format: The form of the events or counts.
    ///   - isCount: Whether only the numbers of events are told, at the end.
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

    /// Tells what became of a recording; one that was interrupted is passed over.
    ///
    /// - Throws: When the journal can't be written, or the only recording can't be read.
    func tell(_ result: Result<RecordingAnalysis, any Error>, of path: String) throws {
        switch result {
        case .success(let analysis):
            toldCount += 1
            if let reason = analysis.incompleteReason {
                failureCount += 1
                StandardError.write("earwitness: \(reason)\n")
            }
            if isCount {
                counts.add(analysis)
                counted.append(path)
            } else {
                StandardOutput.write(writer.text(of: analysis.rows(models: models)))
                try list([path])
            }
        case .failure(is CancellationError):
            return
        case .failure(let error):
            guard !isOnlyRecording else { throw error }
            toldCount += 1
            failureCount += 1
            let message = CommandFailure(describing: error)?.message ?? "\(error)"
            StandardError.write("earwitness: \(message)\n")
        }
    }

    /// Tells the counts, if they were asked for.
    ///
    /// - Throws: When the journal can't be written.
    func finish() throws {
        guard isCount else { return }
        StandardOutput.write(counts.text(format: format))
        try list(counted)
    }

    /// Lists recordings as done, once what was found in them is out of this process.
    private func list(_ paths: [String]) throws {
        StandardOutput.flush()
        guard let journal else { return }
        fsync(STDOUT_FILENO)
        for path in paths {
            try journal.append(path)
        }
    }
}
