/// ONNX's `Reshape`: the same numbers under another shape.
struct ReshapeOperator: ViewOperator {
    static let name = "Reshape"
    static let inputCounts = 2...2
    private let target: [Int]
    private let zeroIsZero: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let shape = try node.constantIntegers(1, "the shape") else {
            throw Refusal("it lacks input 1")
        }
        target = shape
        zeroIsZero = try node.flag("allowzero", default: false)
    }

    /// Creates the operator that gives a value a shape.
    init(shape: [Int]) {
        target = shape
        zeroIsZero = true
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        var result: [Int] = []
        var open: Int?
        var known = 1
        for (axis, length) in target.enumerated() {
            var length = length
            if length == 0, !zeroIsZero {
                guard axis < shape.count else {
                    throw Refusal("\(shape) has no axis \(axis) to keep for \(target)")
                }
                length = shape[axis]
            }
            if length == -1 {
                guard open == nil else { throw Refusal("the shape \(target) leaves two axes open") }
                open = axis
            } else {
                guard length >= 0 else { throw Refusal("the shape \(target) has a negative axis") }
                let (product, overflow) = known.multipliedReportingOverflow(by: length)
                guard !overflow else { throw Refusal("the shape \(target) is too large") }
                known = product
            }
            result.append(length)
        }
        if let open {
            let count = shape.reduce(1, *)
            guard known > 0, count % known == 0 else {
                throw Refusal("\(shape) cannot become \(target)")
            }
            result[open] = count / known
        }
        return result
    }
}
