/// Floats with a fixed address, aligned to a cache line and zero at first.
///
/// Several threads may write to runs of one buffer at a time if the runs do not overlap.
@safe package final class FloatBuffer {
    /// The number of floats.
    package let count: Int
    private let base: UnsafeMutablePointer<Float>

    /// Makes a buffer of zeros.
    package init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) floats")
        self.count = count
        let room = max(count, 1)
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: room * MemoryLayout<Float>.stride,
            alignment: 64
        )
        unsafe base = raw.bindMemory(to: Float.self, capacity: room)
        unsafe base.initialize(repeating: 0, count: room)
    }

    /// Makes a buffer with the given content.
    package convenience init(_ values: [Float]) {
        self.init(count: values.count)
        all.update(from: values)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// All floats.
    package var all: FloatRun {
        unsafe FloatRun(base: base, count: count, owner: self)
    }

    /// Some of the floats.
    package subscript(range: Range<Int>) -> FloatRun { all[range] }

    /// A copy of all floats.
    package var array: [Float] { all.array }
}
