import Foundation
import GRDB

extension EventStore {
    /// The row of a source; made when the source is named for the first time.
    ///
    /// - Parameters:
    ///   - name: The source's name in the configuration.
    ///   - device: What it listens to, such as `plughw:CARD=Mic`; kept up to date.
    ///   - now: When the source is first seen, if it is new.
    ///   - database: The database.
    /// - Returns: The row number.
    /// - Throws: What SQLite reports.
    static func sourceID(
        named name: String,
        device: String?,
        now: Date,
        in database: Database
    ) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO source (name, device, first_seen_utc_ms) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET device = coalesce(excluded.device, device)
                """,
            arguments: [name, device, now.utcMilliseconds]
        )
        let id = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM source WHERE name = ?",
            arguments: [name]
        )
        guard let id else {
            throw DatabaseError(message: "source '\(name)' vanished")
        }
        return id
    }

    /// The rows of a model and of its classes; made when this model is used for the first time.
    ///
    /// A model is another one if its name, version, network or list of classes differs; labels
    /// and privacy are brought up to date.
    static func register(
        _ model: ModelIdentity,
        now: Date,
        in database: Database
    ) throws -> HistoryKeys.Model {
        precondition(!model.classes.isEmpty, "a model has at least one class")
        guard let known = try find(model, in: database) else {
            return try insert(model, now: now, in: database)
        }
        try updateClasses(of: known, to: model.classes, in: database)
        return known
    }

    /// The names of all sources that were ever listened to, in alphabetical order.
    package func sourceNames() throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT name FROM source ORDER BY name")
        }
    }

    /// The names of all classes of all models that were ever used, in alphabetical order.
    package func classNames() throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT name FROM class ORDER BY name")
        }
    }

    /// The names of all models that were ever used, in alphabetical order.
    package func modelNames() throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT name FROM model ORDER BY name")
        }
    }

    private static func find(
        _ model: ModelIdentity,
        in database: Database
    ) throws -> HistoryKeys.Model? {
        let candidates = try Int64.fetchAll(
            database,
            sql: """
                SELECT id FROM model WHERE name = ? AND version = ? AND sha256 = ?
                ORDER BY id DESC
                """,
            arguments: [model.name, model.version, model.digest]
        )
        for candidate in candidates {
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, name FROM class WHERE model_id = ? ORDER BY class_index",
                arguments: [candidate]
            )
            if rows.map({ $0["name"] as String }) == model.classes.map(\.name) {
                return HistoryKeys.Model(
                    id: candidate,
                    classIDs: Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["id"]) })
                )
            }
        }
        return nil
    }

    private static func updateClasses(
        of known: HistoryKeys.Model,
        to classes: [ClassIdentity],
        in database: Database
    ) throws {
        for sound in classes {
            try database.execute(
                sql: """
                    UPDATE class SET label = :label, is_private = :private
                    WHERE id = :id AND (label <> :label OR is_private <> :private)
                    """,
                arguments: [
                    "id": known.classIDs[sound.name], "label": sound.label,
                    "private": sound.isPrivate,
                ]
            )
        }
    }

    private static func insert(
        _ model: ModelIdentity,
        now: Date,
        in database: Database
    ) throws -> HistoryKeys.Model {
        try database.execute(
            sql: """
                INSERT INTO model (name, version, sha256, first_used_utc_ms) VALUES (?, ?, ?, ?)
                """,
            arguments: [model.name, model.version, model.digest, now.utcMilliseconds]
        )
        var keys = HistoryKeys.Model(id: database.lastInsertedRowID, classIDs: [:])
        for (index, sound) in model.classes.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO class (model_id, class_index, name, label, is_private)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [keys.id, index, sound.name, sound.label, sound.isPrivate]
            )
            keys.classIDs[sound.name] = database.lastInsertedRowID
        }
        return keys
    }
}

/// A model as the history stores it: enough to identify the network later.
package struct ModelIdentity: Sendable, Equatable, Codable {
    /// The model's name, as in `model.yaml`.
    package var name: String
    /// The model's version, as in `model.yaml`.
    package var version: String
    /// SHA-256 of `model.onnx`, in hexadecimal.
    package var digest: String
    /// The classes in the order of the network's outputs.
    package var classes: [ClassIdentity]
    /// The classes among them that were learnt, which may change while the service runs; nil: none.
    package var learnt: [String]?

    /// The model's identity as text.
    package var key: String {
        (["\(name) \(version) \(digest)"] + (learnt ?? [])).joined(separator: " ")
    }

    /// Creates the identity from its parts.
    package init(
        name: String,
        version: String,
        digest: String,
        classes: [ClassIdentity],
        learnt: [String]? = nil
    ) {
        self.name = name
        self.version = version
        self.digest = digest
        self.classes = classes
        self.learnt = learnt
    }
}

/// A class as the history stores it.
package struct ClassIdentity: Sendable, Equatable, Codable {
    /// The name that programs use, such as `dog_bark`.
    package var name: String
    /// The name that people read, such as "Dog bark".
    package var label: String
    /// Whether the class is private, so that no clip is kept by default.
    package var isPrivate: Bool

    /// Creates the identity from its parts.
    package init(name: String, label: String, isPrivate: Bool = false) {
        self.name = name
        self.label = label
        self.isPrivate = isPrivate
    }
}
