/// Arithmetic on tensor shapes that cannot overflow.
package enum TensorShape {
    /// The number of elements of a tensor with the given axes, or nil when that is not a number.
    ///
    /// A negative length gives nil, and so does a product of lengths that overflows.
    package static func elementCount(of shape: [Int]) -> Int? {
        var count = 1
        var hasEmptyAxis = false
        for length in shape {
            guard length >= 0 else { return nil }
            if length == 0 {
                hasEmptyAxis = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            count = product
        }
        return hasEmptyAxis ? 0 : count
    }
}
