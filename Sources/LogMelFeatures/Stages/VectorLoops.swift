import CFFTW

// Loops over raw floats, eight lanes at a time.
//
// Checked subscripts keep the compiler from vectorising, hence the pointers; callers have checked
// the sizes. What a lane computes does not depend on its position, so that results are the same
// bits wherever a value lies in its buffer.

typealias Lanes = SIMD8<Float>

extension Int {
    /// The next multiple of the number of lanes.
    var roundedUpToLanes: Int {
        (self + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
    }
}

@inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ offset: Int) -> Lanes {
    unsafe UnsafeRawPointer(pointer + offset).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
    unsafe UnsafeMutableRawPointer(pointer + offset).storeBytes(of: lanes, as: Lanes.self)
}

@inline(__always)
func loadFour(_ pointer: UnsafePointer<Float>, _ offset: Int) -> SIMD4<Float> {
    unsafe UnsafeRawPointer(pointer + offset).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
func storeFour(_ lanes: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
    unsafe UnsafeMutableRawPointer(pointer + offset).storeBytes(of: lanes, as: SIMD4<Float>.self)
}

/// The lanes in the opposite order.
@inline(__always)
func reversed(_ lanes: SIMD4<Float>) -> SIMD4<Float> {
    SIMD4(lanes[3], lanes[2], lanes[1], lanes[0])
}

/// product[i] = a[i] · b[i].
func multiply(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    into product: UnsafeMutablePointer<Float>,
    count: Int
) {
    var index = 0
    while index &+ Lanes.scalarCount <= count {
        unsafe store(load(a, index) * load(b, index), product, index)
        index &+= Lanes.scalarCount
    }
    while index < count {
        unsafe product[index] = a[index] * b[index]
        index &+= 1
    }
}

/// Replaces each value by its square root.
func takeSquareRoots(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count {
        unsafe values[index] = values[index].squareRoot()
    }
}

/// A fixed number of floats, zero at first, aligned for FFTW's widest instructions.
@safe final class AlignedFloats {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        precondition(count > 0, "a buffer needs at least one float")
        guard let memory = unsafe fftwf_alloc_real(count) else {
            preconditionFailure("no memory for \(count) floats")
        }
        unsafe memory.initialize(repeating: 0, count: count)
        unsafe pointer = memory
        self.count = count
    }

    /// A copy of some values, at least one.
    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { unsafe pointer[index] = value }
    }

    deinit {
        unsafe fftwf_free(pointer)
    }
}
