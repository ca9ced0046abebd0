package import Detection
import EventStore
import LogMelFeatures
package import ModelLibrary
import Platform
package import Settings

/// What can be changed on a source while it is listened to.
package struct AnalysisSettings: Equatable, Sendable {
    /// When it is quiet enough for the network to rest.
    package var gate: GateSettings
    /// When scores become events.
    package var detection: DetectionSettings

    /// Joins the two.
    package init(gate: GateSettings, detection: DetectionSettings) {
        self.gate = gate
        self.detection = detection
    }
}

/// A model that listens to a source, and how its scores are judged.
package struct ModelUse: Sendable {
    /// The model; its network is shared with every other use of it.
    package var model: SoundModel
    /// How its scores are judged.
    package var settings: AnalysisSettings
    /// The model that is asked before an event opens; nil: none is.
    package let verifier: Verifier?
    /// How long its windows take in the network.
    let inference = DurationHistogram()

    /// The same with the name of the model.
    var namedInference: (model: String, seconds: DurationHistogram) { (model.name, inference) }

    /// Joins the parts.
    package init(model: SoundModel, settings: AnalysisSettings, verifier: Verifier? = nil) {
        self.model = model
        self.settings = settings
        self.verifier = verifier
    }
}

extension [ModelUse] {
    /// The rate to ask a device for, in Hz: the highest that a model needs, so that none of them
    /// misses what is above another's.
    package var captureRateHz: Int { map(\.model.frontEnd.sampleRateHz).max() ?? 16_000 }

    /// How long after its onset an event of one of the models may be announced, in seconds.
    var longestAnnouncementSeconds: Double {
        map { use in
            let window = Double(use.model.windowSamples) / Double(use.model.frontEnd.sampleRateHz)
            return use.settings.detection.longestAnnouncementSeconds(windowSeconds: window)
        }.max() ?? 0
    }

    /// Every class that one of the models may announce.
    var announcedClasses: [SoundClass] { flatMap(\.model.about.eventClasses) }
}

extension DetectionSettings {
    /// How long after its onset an event may be announced, in seconds.
    ///
    /// The onset lies somewhere in the first window of those that are smoothed and confirmed, and
    /// what is too short is not announced at all.
    ///
    /// - Parameter windowSeconds: What the network sees at once, in seconds.
    /// - Returns: Seconds, over all classes.
    package func longestAnnouncementSeconds(windowSeconds: Double) -> Double {
        let rules = [defaults] + classes.values
        let longest = rules.map { rule in
            Double(rule.smoothingWindows + rule.confirmationWindows) * hopSeconds
                + rule.minDurationSeconds
        }.max()
        return windowSeconds + (longest ?? 0) + Self.announcementMarginSeconds
    }

    /// For what is rounded to hops on the way, in seconds.
    private static var announcementMarginSeconds: Double { 2 }
}

extension SoundModel {
    /// The class of an event that this model found.
    package func soundClass(of event: DetectedEvent) -> SoundClass {
        about.eventClasses[event.classIndex]
    }

    /// The model as the history identifies it.
    var identity: ModelIdentity {
        ModelIdentity(
            name: name,
            version: version,
            digest: digest.description,
            classes: about.eventClasses.map {
                ClassIdentity(name: $0.name, label: $0.label, isPrivate: $0.isPrivate)
            },
            learnt: learnt.isEmpty ? nil : learnt
        )
    }
}

/// The models in use, each loaded once, and which source is listened to with which of them.
package struct ModelAssignment: Sendable {
    /// Every model in use, once.
    package var models: [SoundModel]
    /// The models of each source, at least one.
    package let ofSources: [[ModelIndex]]
    /// The model that is asked before an event of another one opens; nil: none is.
    package let verifier: Verifier?

    /// Creates the assignment from its parts.
    package init(models: [SoundModel], ofSources: [[ModelIndex]], verifier: Verifier? = nil) {
        precondition(
            ofSources.allSatisfy {
                !$0.isEmpty && $0.allSatisfy { models.indices.contains($0.rawValue) }
            },
            "a source is listened to with models that are in use"
        )
        self.models = models
        self.ofSources = ofSources
        self.verifier = verifier
    }

    /// The models of a source with their settings.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - settings: Those of every model in use, in the order of ``models``.
    /// - Returns: The source's models in its own order.
    package func uses(ofSource source: SourceIndex, settings: [AnalysisSettings]) -> [ModelUse] {
        precondition(settings.count == models.count, "every model has settings")
        return ofSources[source.rawValue].map {
            ModelUse(model: models[$0], settings: settings[$0.rawValue], verifier: verifier)
        }
    }
}

/// The place of an element in a list.
///
/// Places in lists of different things have different types, so that none is taken for another.
package struct Place<Element>: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
    /// Counted from 0.
    package let rawValue: Int

    /// Makes the place from its number.
    package init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    package init(integerLiteral value: Int) {
        self.init(value)
    }

    package static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
}

/// The place of a source in the configuration.
package typealias SourceIndex = Place<SourceSettings>
/// The place of a model among all models in use.
package typealias ModelIndex = Place<SoundModel>
/// The place of a model among the models of one source.
package typealias ModelSlot = Place<ModelUse>

extension Array {
    /// The element at its place.
    package subscript(place: Place<Element>) -> Element {
        get { self[place.rawValue] }
        set { self[place.rawValue] = newValue }
    }
}
