/// An operation of a network while a plan is made.
struct PlanNode: Sendable {
    /// The node's name in the model; made up from its place when it has none.
    var name: String
    /// The operator's name in the model.
    var operatorType: String
    var operation: any Operator
    /// Values by position; nil where an optional input is left out or was read as a constant.
    var inputs: [Int?]
    /// Values by position; nil where an optional output is left out.
    var outputs: [Int?]
}
