import Foundation

/// Plain-loop twin of the short-time Fourier transform: the definition, in double precision.
enum FourierReference {
    /// |X[k]|² of a windowed, zero padded frame.
    static func power(of frame: [Float], window: [Float], fftLength: Int) -> [Double] {
        (0...fftLength / 2).map { bin in
            var real = 0.0
            var imaginary = 0.0
            for index in window.indices {
                let value = Double(frame[index]) * Double(window[index])
                let angle = -2 * Double.pi * Double(bin * index % fftLength) / Double(fftLength)
                real += value * cos(angle)
                imaginary += value * sin(angle)
            }
            return real * real + imaginary * imaginary
        }
    }
}
