/// Strides of tensors without gaps.
enum RowMajor {
    /// Elements from step to step along each axis.
    static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// The strides of a tensor that is repeated to fill `target`, or nil if it does not fit.
    static func broadcastStrides(of shape: [Int], to target: [Int]) -> [Int]? {
        guard shape.count <= target.count else { return nil }
        let missing = target.count - shape.count
        let own = strides(of: shape)
        var result = [Int](repeating: 0, count: target.count)
        for axis in shape.indices where shape[axis] != 1 {
            guard shape[axis] == target[missing + axis] else { return nil }
            result[missing + axis] = own[axis]
        }
        return result
    }
}
