/// Floats with a fixed address, aligned to a cache line and zero at first.
///
/// A plan, of inference or of training, allocates its memories when it is made; a run only takes
/// slices.
///
/// Sendable: `base` and `count` never change. The floats themselves have no protection: to share a
/// memory between threads, write it before, hold a lock, or give each thread disjoint slices.
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

/// A read-only run of floats inside a `FloatMemory`, with its size.
///
/// It keeps the memory alive, and every access through it is checked against its size.
@safe package struct FloatSlice {
    package let count: Int
    /// The first of them, for kernels in C; valid as long as the memory.
    package let base: UnsafePointer<Float>
    private let owner: FloatMemory

    init(base: UnsafePointer<Float>, count: Int, owner: FloatMemory) {
        unsafe self.base = base
        self.count = count
        self.owner = owner
    }

    package subscript(index: Int) -> Float {
        precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
        return unsafe base[index]
    }

    package subscript(range: Range<Int>) -> FloatSlice {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "\(range) outside 0..<\(count)"
        )
        return unsafe FloatSlice(base: base + range.lowerBound, count: range.count, owner: owner)
    }

    /// `count` floats from `offset` on.
    package func slice(at offset: Int, count: Int) -> FloatSlice {
        self[offset..<offset + count]
    }

    /// Copies the slice into a new array; not for the run itself, since it allocates.
    package func toArray() -> [Float] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// Copies the slice to the start of `destination`, which is at least as long.
    package func copy(to destination: inout MutableSpan<Float>) {
        precondition(count <= destination.count, "\(count) floats into \(destination.count)")
        unsafe destination.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            unsafe start.update(from: base, count: count)
        }
    }

    /// Stops if `what` has fewer floats than a kernel will touch.
    package func require(_ needed: Int, _ what: StaticString) {
        precondition(count >= needed, "\(what) has \(count) floats, \(needed) are needed")
    }
}

/// A writable run of floats inside a `FloatMemory`, with its size.
///
/// It keeps the memory alive. Two slices may overlap only where a function says that its result may
/// be its operand.
@safe package struct MutableFloatSlice {
    package let count: Int
    /// The first of them, for kernels in C; valid as long as the memory.
    package let base: UnsafeMutablePointer<Float>
    private let owner: FloatMemory

    init(base: UnsafeMutablePointer<Float>, count: Int, owner: FloatMemory) {
        unsafe self.base = base
        self.count = count
        self.owner = owner
    }

    /// The same floats, for reading.
    package var readOnly: FloatSlice {
        unsafe FloatSlice(base: UnsafePointer(base), count: count, owner: owner)
    }

    package subscript(index: Int) -> Float {
        get { readOnly[index] }
        nonmutating set {
            precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
            unsafe base[index] = newValue
        }
    }

    package subscript(range: Range<Int>) -> MutableFloatSlice {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "\(range) outside 0..<\(count)"
        )
        return unsafe MutableFloatSlice(
            base: base + range.lowerBound,
            count: range.count,
            owner: owner
        )
    }

    /// `count` floats from `offset` on.
    package func slice(at offset: Int, count: Int) -> MutableFloatSlice {
        self[offset..<offset + count]
    }

    /// Copies `source` to the start; the two may overlap.
    package func update(from source: FloatSlice) {
        require(source.count, "destination")
        unsafe base.update(from: source.base, count: source.count)
    }

    /// Copies `source` to the start.
    package func update(from source: Span<Float>) {
        require(source.count, "destination")
        unsafe source.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe base.update(from: start, count: values.count)
        }
    }

    package func fill(with value: Float) {
        unsafe base.update(repeating: value, count: count)
    }

    /// Gives the floats to `body` for plain loops.
    package func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = unsafe MutableSpan(_unsafeStart: base, count: count)
        return try body(&span)
    }

    /// Stops if `what` has fewer floats than a kernel will touch.
    package func require(_ needed: Int, _ what: StaticString) {
        precondition(count >= needed, "\(what) has \(count) floats, \(needed) are needed")
    }
}
