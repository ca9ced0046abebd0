import CFFTW

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
