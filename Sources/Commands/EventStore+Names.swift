import EventStore
import Messages

extension EventStore {
    /// Refuses names that the history does not know, as the service does: a name that is written
    /// wrong is not the same as nothing heard.
    ///
    /// The history knows all classes of the models that it was written with.
    func requireNames(source: String?, classes: [String] = [], model: String? = nil) throws {
        if let source { try Self.require(source, "source", among: sourceNames()) }
        if let model { try Self.require(model, "model", among: modelNames()) }
        guard !classes.isEmpty else { return }
        let known = try classNames()
        for name in classes { try Self.require(name, "class", among: known) }
    }

    private static func require(_ name: String, _ kind: String, among known: [String]) throws {
        guard !known.contains(name) else { return }
        throw CommandFailure(
            .usage,
            "There is no \(kind) '\(name)' in the history; there is \(ControlError.list(known))."
        )
    }
}
