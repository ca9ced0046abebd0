private import Glibc

/// The discrete Fourier transform of any length, in double precision.
///
/// Powers of two by Cooley and Tukey's algorithm in place; other lengths as a convolution of such
/// (Bluestein's algorithm). Tables and room are made once.
final class FourierTransform {
    /// The longest transform, which bounds the room that tables take.
    static let longest = 1 << 18

    let length: Int
    /// The numbers that are transformed, real and imaginary parts.
    var real: [Double]
    var imaginary: [Double]

    private let size: Int
    private let cosines: [Double]
    private let sines: [Double]
    /// Bluestein's chirp, and its transform; empty for a power of two.
    private var chirpReal: [Double] = []
    private var chirpImaginary: [Double] = []
    private var filterReal: [Double] = []
    private var filterImaginary: [Double] = []

    /// Prepares transforms of `length` numbers, at least one.
    init(length: Int) {
        self.length = length
        let isPower = length & (length - 1) == 0
        var size = 1
        while size < (isPower ? length : 2 * length - 1) { size *= 2 }
        self.size = size
        real = Array(repeating: 0, count: size)
        imaginary = real
        cosines = (0..<max(1, size / 2)).map { cos(2 * .pi * Double($0) / Double(size)) }
        sines = (0..<max(1, size / 2)).map { sin(2 * .pi * Double($0) / Double(size)) }
        guard !isPower else { return }
        let angles = (0..<length).map { index in
            // The angle repeats with the period 2 · length, which keeps it exact.
            Double.pi * Double((index * index) % (2 * length)) / Double(length)
        }
        chirpReal = angles.map { cos($0) }
        chirpImaginary = angles.map { -sin($0) }
        for index in 0..<length {
            let mirrored = index == 0 ? 0 : size - index
            real[index] = chirpReal[index]
            imaginary[index] = -chirpImaginary[index]
            real[mirrored] = chirpReal[index]
            imaginary[mirrored] = -chirpImaginary[index]
        }
        transformPower()
        filterReal = real
        filterImaginary = imaginary
    }

    /// Transforms the first ``length`` numbers in place.
    ///
    /// The inverse is divided by the length.
    func transform(inverse: Bool) {
        if inverse { swap(&real, &imaginary) }
        if filterReal.isEmpty { transformPower() } else { transformByConvolution() }
        guard inverse else { return }
        swap(&real, &imaginary)
        for index in 0..<length {
            real[index] /= Double(length)
            imaginary[index] /= Double(length)
        }
    }

    private func transformByConvolution() {
        for index in 0..<length {
            multiply(index, chirpReal[index], chirpImaginary[index])
        }
        for index in length..<size {
            real[index] = 0
            imaginary[index] = 0
        }
        transformPower()
        for index in 0..<size { multiply(index, filterReal[index], filterImaginary[index]) }
        swap(&real, &imaginary)
        transformPower()
        swap(&real, &imaginary)
        for index in 0..<length {
            real[index] /= Double(size)
            imaginary[index] /= Double(size)
            multiply(index, chirpReal[index], chirpImaginary[index])
        }
    }

    private func multiply(_ index: Int, _ otherReal: Double, _ otherImaginary: Double) {
        let (a, b) = (real[index], imaginary[index])
        real[index] = a * otherReal - b * otherImaginary
        imaginary[index] = a * otherImaginary + b * otherReal
    }

    /// Transforms all `size` numbers, a power of two.
    private func transformPower() {
        var mirrored = 0
        for index in 1..<max(size, 1) {
            var bit = size >> 1
            while mirrored & bit != 0 {
                mirrored ^= bit
                bit >>= 1
            }
            mirrored |= bit
            if index < mirrored {
                real.swapAt(index, mirrored)
                imaginary.swapAt(index, mirrored)
            }
        }
        var half = 1
        while half < size {
            let stride = size / (2 * half)
            for start in Swift.stride(from: 0, to: size, by: 2 * half) {
                for offset in 0..<half {
                    let (c, s) = (cosines[offset * stride], sines[offset * stride])
                    let (low, high) = (start + offset, start + offset + half)
                    let a = real[high] * c + imaginary[high] * s
                    let b = imaginary[high] * c - real[high] * s
                    real[high] = real[low] - a
                    imaginary[high] = imaginary[low] - b
                    real[low] += a
                    imaginary[low] += b
                }
            }
            half *= 2
        }
    }
}
