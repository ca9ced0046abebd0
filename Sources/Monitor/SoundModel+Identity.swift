import EventStore
import ModelLibrary

extension SoundModel {
    /// What the history knows the model by.
    var identity: ModelIdentity {
        ModelIdentity(
            name: name,
            version: version,
            digest: "\(digest)",
            classes: about.eventClasses.map {
                ClassIdentity(name: $0.name, label: $0.label, isPrivate: $0.isPrivate)
            }
        )
    }
}
