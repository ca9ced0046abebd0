/// Floats with a fixed address, aligned to a cache line and zero at first.
///
/// A plan, of inference or of training, allocates its memories when it is made; a run only takes
/// slices.
///
/// Sendable: `base` and `count` never change. The floats themselves have no protection: whoever
/// shares a memory between threads writes it before, holds a lock of its own, or gives each thread
/// slices that no other one touches.
@safe package final class FloatMemory: @unchecked Sendable {
    package let count: Int
    private let base: UnsafeMutablePointer<Float>

    package init(count: Int) {
        precondition(count >= 0, "a memory of \(count) floats")
        self.count = count
        let byteCount = max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe base = raw.bindMemory(to: Float.self, capacity: max(count, 1))
        unsafe base.initialize(repeating: 0, count: max(count, 1))
    }

    package convenience init(_ values: [Float]) {
        self.init(count: values.count)
        slice.update(from: values.span)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// All of it.
    package var slice: MutableFloatSlice {
        unsafe MutableFloatSlice(base: base, count: count, owner: self)
    }

    /// All of it, for reading.
    package var readOnly: FloatSlice { slice.readOnly }

    /// Copies all of it into a new array.
    package func toArray() -> [Float] { readOnly.toArray() }

    /// `count` floats from `offset` on.
    package func slice(at offset: Int, count: Int) -> MutableFloatSlice {
        slice.slice(at: offset, count: count)
    }
}
