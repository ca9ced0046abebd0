internal import CGradientKernels

/// A run of floats inside a `FloatBuffer`, which it keeps alive.
@safe package struct FloatRun {
    /// The number of floats.
    package let count: Int
    let base: UnsafeMutablePointer<Float>
    private let owner: FloatBuffer

    init(base: UnsafeMutablePointer<Float>, count: Int, owner: FloatBuffer) {
        unsafe self.base = base
        self.count = count
        self.owner = owner
    }

    /// One of the floats.
    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
            return unsafe base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
            unsafe base[index] = newValue
        }
    }

    /// Some of the floats.
    package subscript(range: Range<Int>) -> FloatRun {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "\(range) outside 0..<\(count)"
        )
        return unsafe FloatRun(base: base + range.lowerBound, count: range.count, owner: owner)
    }

    /// `length` floats from `start` on.
    package func run(at start: Int, count length: Int) -> FloatRun {
        self[start..<start + length]
    }

    /// A copy of the floats.
    package var array: [Float] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// Copies `values` to the start.
    package func update(from values: [Float]) {
        require(values.count, "destination")
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe base.update(from: start, count: source.count)
        }
    }

    /// Copies another run to the start.
    package func update(from other: FloatRun) {
        require(other.count, "destination")
        unsafe base.update(from: other.base, count: other.count)
    }

    /// Sets every float.
    package func fill(with value: Float) {
        unsafe gk_fill(count, value, base)
    }

    /// Gives the floats to `body` for plain loops.
    package func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = unsafe MutableSpan(_unsafeStart: base, count: count)
        return try body(&span)
    }

    func require(_ needed: Int, _ what: StaticString) {
        precondition(count >= needed, "\(what) has \(count) floats, \(needed) are needed")
    }
}
