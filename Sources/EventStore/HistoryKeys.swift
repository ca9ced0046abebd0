/// The row numbers under which models, their classes and the sources are known in the database.
package struct HistoryKeys: Sendable, Equatable {
    /// A model's rows.
    package struct Model: Sendable, Equatable {
        /// The row of the model.
        package var id: Int64
        /// The row of each of its classes, by the class's name.
        package var classIDs: [String: Int64]
    }

    /// The rows of each model, by ``ModelIdentity/key``.
    package var models: [String: Model] = [:]
    /// The row of each source, by its name.
    package var sourceIDs: [String: Int64] = [:]
}
