import Foundation
import NeuralNetwork
import Testing

@Suite struct BroadcastOperationTests {
    private static func twin(_ function: BinaryFunction, _ a: Double, _ b: Double) -> Double {
        switch function {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .minimum: min(a, b)
        case .maximum: max(a, b)
        case .power: pow(a, b)
        }
    }

    /// Broadcasting by its definition: an index of size 1 is always 0.
    private static func reference(
        _ function: BinaryFunction,
        _ a: [Float],
        _ aShape: [Int],
        _ b: [Float],
        _ bShape: [Int],
        _ shape: [Int]
    ) -> [Double] {
        func element(_ values: [Float], _ own: [Int], _ index: Int) -> Double {
            var rest = index
            var offset = 0
            var stride = 1
            for axis in shape.indices.reversed() {
                let place = rest % shape[axis]
                rest /= shape[axis]
                let ownAxis = axis - (shape.count - own.count)
                if ownAxis >= 0 {
                    offset += own[ownAxis] == 1 ? 0 : place * stride
                    stride *= own[ownAxis]
                }
            }
            return Double(values[offset])
        }
        return (0..<shape.reduce(1, *)).map {
            twin(function, element(a, aShape, $0), element(b, bShape, $0))
        }
    }

    @Test(arguments: BinaryFunction.allCases, InstructionLevel.supported)
    func shapesBroadcastAsNumPyDoes(function: BinaryFunction, level: InstructionLevel) throws {
        var random = RandomNumbers(seed: 17)
        let shapes: [([Int], [Int], [Int])] = [
            ([], [], []), ([5], [], [5]), ([], [4, 5], [4, 5]), ([3, 40], [40], [3, 40]),
            ([40], [3, 40], [3, 40]), ([6, 1], [6, 20], [6, 20]), ([6, 1], [1, 20], [6, 20]),
            ([2, 3, 4, 5], [3, 1, 1], [2, 3, 4, 5]), ([2, 1, 4, 1], [3, 1, 17], [2, 3, 4, 17]),
            ([2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5]), ([1, 1], [1], [1, 1]),
            ([0, 3], [3], [0, 3]),
        ]
        for (left, right, shape) in shapes {
            let operation = try #require(BroadcastOperation(function, left: left, right: right))
            #expect(operation.outputShape == shape)
            let a = random.floats(left.reduce(1, *)).map { $0.magnitude + 0.1 }
            let b = random.floats(right.reduce(1, *)).map { $0.magnitude + 0.1 }
            let output = FloatMemory(count: operation.outputCount)
            operation.run(
                FloatMemory(a).readOnly,
                FloatMemory(b).readOnly,
                into: output.slice,
                level: level
            )
            expectClose(
                output.readOnly.toArray(),
                Self.reference(function, a, left, b, right, shape),
                within: 5e-7,
                "\(function) of \(left) and \(right)"
            )
        }
    }

    @Test func shapesThatDoNotBroadcastAreRefused() {
        #expect(BroadcastOperation(.add, left: [3], right: [4]) == nil)
        #expect(BroadcastOperation(.add, left: [2, 3], right: [2, 4]) == nil)
    }

    @Test func outputMayOverwriteAnOperandOfItsShape() throws {
        let operation = try #require(BroadcastOperation(.subtract, left: [2, 3], right: [3]))
        let values = FloatMemory([1, 2, 3, 4, 5, 6])
        operation.run(values.readOnly, FloatMemory([1, 1, 2]).readOnly, into: values.slice)
        #expect(values.readOnly.toArray() == [0, 1, 1, 3, 4, 4])
    }
}
