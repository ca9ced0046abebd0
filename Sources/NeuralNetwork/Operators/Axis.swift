/// Axis numbers as nodes give them: counted from the front, or from the back when negative.
enum Axis {
    /// The axis counted from the front.
    static func resolve(_ axis: Int, rank: Int) throws(Refusal) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard resolved >= 0, resolved < rank else {
            throw Refusal("axis \(axis) is outside a tensor of \(rank) axes")
        }
        return resolved
    }

    /// The axes counted from the front, in the given order, no axis twice.
    static func resolve(_ axes: [Int], rank: Int) throws(Refusal) -> [Int] {
        guard axes.count <= rank else {
            throw Refusal("\(axes.count) axes are named of a tensor of \(rank)")
        }
        var resolved: [Int] = []
        for axis in axes {
            let axis = try resolve(axis, rank: rank)
            guard !resolved.contains(axis) else { throw Refusal("axis \(axis) is named twice") }
            resolved.append(axis)
        }
        return resolved
    }
}
