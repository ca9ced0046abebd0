package import Foundation
import GRDB

extension EventStore {
    /// The stored scores of a time, each block with its source, model and classes.
    ///
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: Only of this source; nil: of all.
    ///   - model: Only of models of this name; nil: of all.
    /// - Returns: In order of their beginning.
    /// - Throws: Any ``StoreError`` of reading.
    package func namedScores(
        from: Date,
        to: Date,
        source: String? = nil,
        model: String? = nil
    ) throws(StoreError) -> [NamedScores] {
        try read { database in
            var classes: [Int64: [String]] = [:]
            return try Self.blocks(from: from, to: to, source: source, model: model, in: database)
                .map { row, block in
                    let id: Int64 = row["model_id"]
                    let names = try classes[id] ?? Self.classNames(ofModel: id, in: database)
                    classes[id] = names
                    return NamedScores(
                        source: row["source"],
                        model: row["model"],
                        classes: names,
                        block: block
                    )
                }
        }
    }

    private static func classNames(ofModel id: Int64, in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT name FROM class WHERE model_id = ? ORDER BY class_index",
            arguments: [id]
        )
    }
}

/// Scores of consecutive hops, with the names that belong to them.
package struct NamedScores: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The name of the model.
    package var model: String
    /// The names of its classes, in the order of the block's scores.
    package var classes: [String]
    /// The scores.
    package var block: ScoreBlock

    /// Joins the parts.
    package init(source: String, model: String, classes: [String], block: ScoreBlock) {
        self.source = source
        self.model = model
        self.classes = classes
        self.block = block
    }
}
