/// An operator that can work on values whose axes are stored in another order than the model's.
protocol AxisFlexible: Operator {
    /// The operator that does the same on inputs stored in the given order.
    ///
    /// All inputs have that order and the same rank, except constants that broadcast.
    /// - Returns: The operator and the order of its outputs, or nil when this order does not work.
    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)?
}

/// An operator on images or sequences that works on channels-last values only.
///
/// At import the shapes are the model's (batch, channels, spatial axes); the layout pass then sets
/// ``isChannelsLast`` and the shapes are those of the stored values.
protocol ChannelsLastOperator: Operator {
    /// Whether the shapes asked about are channels-last.
    var isChannelsLast: Bool { get set }

    /// The operator for values whose spatial axes lie the other way round; nil when there is none.
    func swappingSpatialAxes() -> (any ChannelsLastOperator)?
}

extension ChannelsLastOperator {
    func swappingSpatialAxes() -> (any ChannelsLastOperator)? { nil }
}
