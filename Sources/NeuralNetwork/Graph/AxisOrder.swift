/// The order in which a value's axes are stored: stored axis `j` is the model's axis `axes[j]`.
struct AxisOrder: Hashable, Sendable {
    let axes: [Int]

    init(_ axes: [Int]) {
        self.axes = axes
    }

    /// The model's own order.
    static func identity(_ rank: Int) -> AxisOrder { AxisOrder(Array(0..<rank)) }

    /// Batch first, channels last, with the spatial axes between them.
    static func channelsLast(_ rank: Int) -> AxisOrder {
        AxisOrder([0] + Array(2..<rank) + [1])
    }

    var rank: Int { axes.count }

    var isIdentity: Bool { axes.enumerated().allSatisfy { $0.offset == $0.element } }

    /// A list with one entry an axis, from the model's order to the stored one.
    func stored<Entry>(_ entries: [Entry]) -> [Entry] { axes.map { entries[$0] } }

    /// The stored axis that is the model's axis `axis`.
    func position(of axis: Int) -> Int {
        guard let position = axes.firstIndex(of: axis) else {
            preconditionFailure("an axis order names every axis")
        }
        return position
    }

    /// The order that is left when the model's axes `removed` are gone.
    func removing(_ removed: Set<Int>) -> AxisOrder {
        AxisOrder(
            axes.filter { !removed.contains($0) }.map { axis in
                axis - removed.count { $0 < axis }
            }
        )
    }
}

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
