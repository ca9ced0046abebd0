/// The row numbers under which a model, its classes and the sources are known in the database.
package struct HistoryKeys: Sendable, Equatable {
    /// The row of the model.
    package var modelID: Int64
    /// The row of each class of the model, by the class's name.
    package var classIDs: [String: Int64]
    /// The row of each source, by its name.
    package var sourceIDs: [String: Int64]
}
