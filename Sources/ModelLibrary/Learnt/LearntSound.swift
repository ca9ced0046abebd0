import Detection
package import Foundation
package import NeuralNetwork
import Platform
import Settings

/// What was learnt on this box for one model: a class, or that a sound is not of a class.
///
/// The file `learnt.json` in a folder of the state directory's `learnt`.
package struct LearntSound: Equatable, Sendable, Codable {
    /// The class's name; of a sound that is not CLASS, `not-CLASS`.
    package var name: String
    /// The name for people.
    package var label: String
    /// The class that the sound is not; nil where it is a class of its own.
    package var notClass: String?
    /// The name and the digest of the model that it was learnt for.
    package var model: String
    package var modelDigest: String
    /// What gives the logit of the sound from the model's embedding.
    package var head: LinearHead
    /// The score at which an event opens, and the one under which it closes.
    package var on: Float
    package var off: Float
    /// How many windows scores are smoothed over; nil: as the model's other classes.
    package var smoothing: Int?
    /// When it was learnt.
    package var learntAt: Date
    /// The files of the examples, in the sound's folder.
    package var examples: [String]
    /// How many examples were recognised by what was learnt from the others.
    package var recognised: Int
    /// How many windows of other sounds it was tried on, and how many of them it took for it.
    package var otherWindows: Int
    package var mistakenWindows: Int

    /// Creates what was learnt from its parts.
    package init(
        name: String,
        label: String,
        notClass: String? = nil,
        model: String,
        modelDigest: String,
        head: LinearHead,
        on: Float,
        off: Float,
        smoothing: Int? = nil,
        learntAt: Date,
        examples: [String],
        recognised: Int,
        otherWindows: Int,
        mistakenWindows: Int
    ) {
        self.name = name
        self.label = label
        self.notClass = notClass
        self.model = model
        self.modelDigest = modelDigest
        self.head = head
        self.on = on
        self.off = off
        self.smoothing = smoothing
        self.learntAt = learntAt
        self.examples = examples
        self.recognised = recognised
        self.otherWindows = otherWindows
        self.mistakenWindows = mistakenWindows
    }

    /// What a sound that is not a class is called.
    package static func nameOf(not className: String) -> String { "not-\(className)" }

    /// The class as the model's own are; nil where it only limits one of them.
    package var soundClass: SoundClass? {
        guard notClass == nil else { return nil }
        var rule = ClassRuleOverlay()
        rule.on = on
        rule.off = off
        rule.smoothing = smoothing.map { WindowSmoothing(kind: .mean, windows: $0) }
        // A class in no group of a large model would be off.
        rule.isEnabled = true
        return SoundClass(name: name, label: label, rule: rule)
    }
}

extension SoundModel {
    /// Why something learnt is not in force for this model, without a full stop; nil if it is.
    package func obstacle(to learnt: LearntSound) -> String? {
        guard learnt.modelDigest == digest.description else {
            return
                "it was learnt for another network of '\(learnt.model)'; run 'earwitness learn again'"
        }
        guard let embedding, learnt.head.weights.count == embedding.length,
            learnt.head.weights.allSatisfy(\.isFinite), learnt.head.bias.isFinite
        else { return "its numbers don't fit the network; run 'earwitness learn again'" }
        return nil
    }

    /// The model with what was learnt for it: its network gives a score more for each class, and
    /// what is not a class limits that one's score.
    ///
    /// Everything after the network sees no difference between these classes and the others.
    /// - Parameter learnt: What was learnt; what has an ``obstacle(to:)``, or the name of a class
    ///   that the model has, is left out.
    /// - Returns: The model; itself where there is nothing.
    package func adding(_ learnt: [LearntSound]) -> SoundModel {
        let taken = Set((about.classes + about.eventClasses).map(\.name))
        let fitting = learnt.filter { obstacle(to: $0) == nil && !taken.contains($0.name) }
        guard let embedding, !fitting.isEmpty else { return self }
        var about = about
        let temperature = about.temperature
        var addition = Model.Addition(
            embedding: embedding.name,
            embeddingLength: embedding.length,
            scores: about.network.scores,
            scoreCount: about.classes.count,
            activation: about.network.activation == .sigmoid
                ? .logits : about.network.activation == .softmax ? .softmax : .probabilities
        )
        if about.network.activation == .softmax { about.network.activation = .none }
        for sound in fitting {
            guard let soundClass = sound.soundClass else { continue }
            about.classes.append(soundClass)
            // The temperature divides every logit, this one too.
            addition.heads.append(sound.head.scaled(by: temperature))
        }
        for sound in fitting {
            guard let className = sound.notClass else { continue }
            let scales = about.limits(of: className)
            if !scales.isEmpty { addition.limits.append((sound.head, scales)) }
        }
        return SoundModel(
            folder: folder,
            about: about,
            prepared: PreparedNetwork(
                model: network.adding(addition),
                options: Self.loadOptions(about, inputShape: inputShape)
            ),
            digest: digest,
            inputShape: inputShape,
            timeAxis: timeAxis,
            trial: trial,
            embedding: embedding,
            classes: about.soundClasses,
            learnt: fitting.compactMap(\.soundClass?.name)
        )
    }
}

extension ModelDescription {
    /// How the logit v of a veto limits the network's scores of a class, so that what is reported
    /// is at most the probability of -v.
    ///
    /// What is reported of a logit l is slope · l / temperature + offset, and for a group the same
    /// with its own slope and offset again. Solved for l.
    fileprivate func limits(of className: String) -> [Int: (factor: Float, offset: Float)] {
        let group = groups.first { $0.soundClass.name == className }
        let members = group?.members ?? [className]
        let pooled = group?.soundClass.calibration ?? LogisticCalibration()
        var limits: [Int: (factor: Float, offset: Float)] = [:]
        for (place, soundClass) in classes.enumerated() where members.contains(soundClass.name) {
            let own = soundClass.calibration
            limits[place] = (
                factor: -temperature / (pooled.slope * own.slope),
                offset: temperature * (-pooled.offset / pooled.slope - own.offset) / own.slope
            )
        }
        return limits
    }
}
