import NeuralNetwork
import Testing

@Suite struct TensorShapeTests {
    @Test func aScalarHasOneElement() { #expect(TensorShape.elementCount(of: []) == 1) }
    @Test func anEmptyAxisLeavesNothing() {
        #expect(TensorShape.elementCount(of: [3, 0, 4]) == 0)
    }
    @Test func aProductThatOverflowsIsNoCount() {
        #expect(TensorShape.elementCount(of: [1 << 40, 1 << 40]) == nil)
    }
    @Test func aNegativeAxisIsNoCount() { #expect(TensorShape.elementCount(of: [2, -1]) == nil) }
}
