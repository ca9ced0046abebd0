import Detection
import Foundation
import Messages
import ModelLibrary
import Platform

extension SourceStatusMessage {
    /// What a source is doing now.
    ///
    /// - Parameters:
    ///   - condition: What is recorded of it.
    ///   - listener: The source itself.
    ///   - models: Its models, in its order.
    init(_ condition: SourceCondition, listener: SourceListener, models: [SoundModel]) {
        let scores = zip(models, condition.scores).flatMap { model, scores in
            zip(model.classes, scores).map {
                ScoreMessage(className: $0.name, score: Double($1), model: model.name)
            }
        }.sorted { $0.score > $1.score }
        self.init(
            name: condition.name,
            device: condition.device,
            models: models.map(\.name),
            state: listener.fault == nil ? condition.sourceState : .fault,
            reason: condition.reason(withFault: listener.fault),
            sampleRateHz: condition.format?.rateHz,
            channels: condition.format?.channels,
            isRealtime: condition.format?.isRealtime,
            levelDBFS: condition.levelDBFS?.levelOrNil,
            soundLevel: condition.soundLevelMessage(withLastMinute: true),
            isGateOpen: condition.gate == .open,
            gateOpenDBFS: condition.gateLevels.map { Double($0.openingDBFS) },
            gateCloseDBFS: condition.gateLevels.map { Double($0.closingDBFS) },
            noiseFloorDBFS: condition.gateLevels?.noiseFloorDBFS.map { Double($0) },
            topScores: Array(scores.prefix(3)),
            lostSamples: condition.lostSamples,
            overruns: listener.overruns,
            windowsLeftOut: condition.windowsLeftOut,
            clippedSamples: listener.clippedSamples,
            listeningSince: condition.state == .listening ? condition.since : nil,
            clockDriftPPM: condition.driftPPM,
            hopSeconds: condition.presentHopSeconds.max(),
            hopStride: condition.stride,
            listeners: listener.live.sound.followerCount
        )
    }
}

extension SoundMonitor {
    /// The models in use, with their cards as they lie in their folders now.
    var modelCards: [ModelCardMessage] { models.models.map(ModelCardMessage.init) }
}

extension ModelCardMessage {
    /// More than any card has; what lies there in place of one is not sent.
    private static let mostBytes = 1_000_000

    fileprivate init(_ model: SoundModel) {
        let path = "\(model.folder)/card.md"
        let card = FileManager.default.contents(atPath: path).flatMap { data in
            data.count <= Self.mostBytes ? String(bytes: data, encoding: .utf8) : nil
        }
        self.init(
            name: model.name,
            version: model.version,
            summary: model.about.summary,
            licence: model.about.provenance.licence,
            trainedOn: model.about.provenance.trainedOn,
            sha256: model.digest.description,
            classes: model.classes.map { ClassNameMessage(className: $0.name, label: $0.label) },
            card: card
        )
    }
}

extension SourceListener {
    /// What a person should know of the analysis of the source.
    ///
    /// - Parameter name: The name of the source.
    /// - Returns: A line; nil if there is nothing to say.
    func warning(of name: String) -> String? {
        guard droppedReports > 0 else { return nil }
        return "\(name): \(droppedReports) analysis report(s) were lost because storing them took "
            + "too long. Check the disk."
    }
}

extension FreeRoom {
    /// That the disk is full, in bytes or in files; nil if it is not.
    var warning: String? {
        switch shortage {
        case .noBytes?: "The disk is full: \(description) are free."
        case .noFiles?: "The disk has no free inodes: \(description) are free."
        case .fewBytes?, .fewFiles?, nil: nil
        }
    }
}
