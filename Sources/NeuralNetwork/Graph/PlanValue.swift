/// A value that flows between the nodes of a network while a plan is made.
struct PlanValue: Sendable {
    var name: String
    var type: TensorType
    /// The numbers, where they are known when the model is loaded.
    var constant: ConstantTensor?
}
