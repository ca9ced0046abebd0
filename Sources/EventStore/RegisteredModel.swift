/// The row numbers under which a model and its classes are known in the history.
package struct RegisteredModel: Sendable, Equatable {
    /// The row of the model.
    package var modelID: Int64
    /// The row of each class, by the class's index in the network's outputs.
    package var classIDs: [Int64]
}
