import Detection
import EventStore
import Foundation
package import Messages
import ModelLibrary
import Platform

extension SoundMonitor {
    /// What the monitor is doing now.
    ///
    /// - Returns: The service, its model and history, and every source.
    package func status() async -> StatusMessage {
        let conditions = await recorder.conditions
        let kept = await clips.present
        return StatusMessage(
            version: version,
            started: started,
            uptimeSeconds: time.now().timeIntervalSince(started),
            models: models.models.map {
                ModelStatusMessage(
                    name: $0.name,
                    version: $0.version,
                    classCount: $0.classes.count
                )
            },
            database: DatabaseStatusMessage(
                path: store.path,
                sizeBytes: store.size(),
                fault: await recorder.storeFault?.description,
                waitingEvents: await recorder.waitingEntries,
                spooledEvents: await recorder.spooledEntries,
                checked: await recorder.historyChecked,
                rescues: await recorder.rescueCount
            ),
            clips: kept.message,
            sources: listeners.indices.map { message(conditions[$0], listeners[$0], source: $0) },
            ongoing: await recorder.ongoingEvents,
            warnings: await recorder.warnings
                + zip(conditions, listeners).compactMap { loss(of: $0, $1) }
                + kept.warnings
                + [shortage].compactMap(\.self)
                + [kept.wait(historyFault: await recorder.storeFault)].compactMap(\.self)
        )
    }

    /// That the disk of the history is full, in bytes or in files; nil if it is not.
    private var shortage: String? {
        guard let room = FreeRoom.read(store.path) else { return nil }
        return switch room.shortage {
        case .noBytes?: "The disk is full: \(room.description) are free."
        case .noFiles?: "The disk holds no more files: \(room.description) are free."
        case .fewBytes?, .fewFiles?, nil: nil
        }
    }

    /// What a source has lost beside samples, for people; nil if nothing.
    private func loss(of condition: SourceCondition, _ listener: SourceListener) -> String? {
        guard listener.droppedReports > 0 else { return nil }
        return "\(condition.name): \(listener.droppedReports) report(s) of the analysis were lost, "
            + "because writing them down took too long. Check the disk."
    }

    private func message(
        _ condition: SourceCondition,
        _ listener: SourceListener,
        source: Int
    )
        -> SourceStatusMessage
    {
        let own = models.ofSources[source].map { models.models[$0] }
        let scores = zip(own, condition.scores).flatMap { model, scores in
            zip(model.classes, scores).map {
                ScoreMessage(className: $0.name, score: Double($1), model: model.name)
            }
        }.sorted { $0.score > $1.score }
        return SourceStatusMessage(
            name: condition.name,
            device: condition.device,
            models: own.map(\.name),
            state: listener.fault == nil ? condition.sourceState : .fault,
            reason: condition.reason(withFault: listener.fault),
            sampleRateHz: condition.format?.rateHz,
            channels: condition.format?.channels,
            isRealtime: condition.format?.isRealtime,
            levelDBFS: condition.levelDBFS.flatMap { $0.isFinite ? Double($0) : nil },
            soundLevel: condition.soundLevelMessage(withLastMinute: true),
            isGateOpen: condition.gate == .open,
            topScores: Array(scores.prefix(3)),
            lostSamples: condition.lostSamples,
            overruns: Int64(condition.losses),
            windowsLeftOut: condition.windowsLeftOut,
            clippedSamples: listener.clippedSamples,
            listeningSince: condition.state == .listening ? condition.since : nil,
            clockDriftPPM: condition.driftPPM,
            hopSeconds: condition.presentHopSeconds.max(),
            hopStride: condition.stride
        )
    }
}

extension SourceCondition {
    /// The state as `status` names it.
    var sourceState: SourceState {
        switch state {
        case .starting: .opening
        case .listening where !scoreFaults.isEmpty: .fault
        case .listening: gate == .open ? .listening : .gated
        case .absent: .absent
        case .finished(reason: nil): .ended
        case .finished: .fault
        }
    }

    /// Why the source does not deliver, or what is wrong with what it delivers.
    ///
    /// - Parameter fault: What is wrong with the sound.
    /// - Returns: One line; nil: nothing is wrong.
    func reason(withFault fault: String?) -> String? {
        switch state {
        case .absent(let reason): return reason
        case .finished(let reason?): return reason
        case .starting, .listening, .finished:
            let faults = [fault].compactMap(\.self) + (state == .listening ? scoreFaults : [])
            return faults.isEmpty ? nil : faults.joined(separator: " ")
        }
    }
}
