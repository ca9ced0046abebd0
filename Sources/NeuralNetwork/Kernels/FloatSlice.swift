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
