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
