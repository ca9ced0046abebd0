import Foundation
import Testing

@testable import NeuralNetwork

@Suite struct FourierTransformTests {
    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 12, 16, 25, 31, 64, 100, 257])
    func everyLengthEqualsTheSumOfItsDefinition(_ length: Int) {
        let real = (0..<length).map { sin(Double($0 * $0) * 0.7) }
        let imaginary = (0..<length).map { cos(Double($0) * 1.3) }
        let transform = FourierTransform(length: length)
        for index in 0..<length {
            transform.real[index] = real[index]
            transform.imaginary[index] = imaginary[index]
        }
        transform.transform(inverse: false)
        for bin in 0..<length {
            var sum = (0.0, 0.0)
            for index in 0..<length {
                let angle = -2 * Double.pi * Double(bin * index % length) / Double(length)
                sum.0 += real[index] * cos(angle) - imaginary[index] * sin(angle)
                sum.1 += real[index] * sin(angle) + imaginary[index] * cos(angle)
            }
            #expect(abs(transform.real[bin] - sum.0) < 1e-9)
            #expect(abs(transform.imaginary[bin] - sum.1) < 1e-9)
        }
        transform.transform(inverse: true)
        for index in 0..<length {
            #expect(abs(transform.real[index] - real[index]) < 1e-10)
            #expect(abs(transform.imaginary[index] - imaginary[index]) < 1e-10)
        }
    }
}
