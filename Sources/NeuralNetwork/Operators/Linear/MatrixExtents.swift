/// The sizes of a batch of matrix products with broadcasting.
struct MatrixExtents: Sendable {
    let rows: Int
    let columns: Int
    let depth: Int
    let outputShape: [Int]
    let batchCount: Int
    private let batches: LoopNest

    /// Works the sizes out; a side of one axis counts as a row or a column.
    init(_ left: [Int], _ right: [Int]) throws(Refusal) {
        let a = left.count == 1 ? [1] + left : left
        let b = right.count == 1 ? right + [1] : right
        rows = a[a.count - 2]
        depth = a[a.count - 1]
        columns = b[b.count - 1]
        guard b[b.count - 2] == depth else {
            throw Refusal("\(left) does not multiply with \(right)")
        }
        let (leftBatch, rightBatch) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
        let batch = try Broadcast.shape(of: [leftBatch, rightBatch])
        batchCount = batch.reduce(1, *)
        let leftStrides = Broadcast.strides(leftBatch, to: batch).map { [rows, depth] in
            $0 * rows * depth
        }
        let rightStrides = Broadcast.strides(rightBatch, to: batch).map { [depth, columns] in
            $0 * depth * columns
        }
        batches = LoopNest(lengths: batch, strides: [leftStrides, rightStrides])
        outputShape =
            batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    }

    /// The first element of the left matrix of a product.
    func leftStart(_ batch: Int) -> Int { batches.offset(of: 0, round: batch, innerCount: 0) }

    /// The first element of the right matrix of a product.
    func rightStart(_ batch: Int) -> Int { batches.offset(of: 1, round: batch, innerCount: 0) }
}
