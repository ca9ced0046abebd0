import AudioFiles
import Detection
import Foundation
import Messages
import ModelLibrary
import Monitor
import SoundDatasets

extension RecordingAnalysis {
    /// The events in the words of the formats.
    func rows(models: [SoundModel]) -> [EventRow] {
        findings.map { finding in
            let (model, event) = (models[finding.model], finding.event)
            let soundClass = model.about.eventClasses[event.classIndex]
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
                    model: model.name,
                    file: path,
                    startSeconds: event.start.seconds(atRate: sampleRateHz),
                    endSeconds: event.end.seconds(atRate: sampleRateHz)
                )
            )
        }
    }
}
