import Testing

@testable import LogMelFeatures

@Suite struct WindowShapeTests {
    @Test(arguments: WindowShape.allCases)
    func valuesEqualSciPys(_ shape: WindowShape) throws {
        let expected = try LibraryFixture.array("window_\(shape.rawValue)").values
        let found = shape.values(length: expected.count)
        for (index, value) in expected.enumerated() {
            #expect(abs(Float(found[index]) - value) <= 1e-7, "\(shape), sample \(index)")
        }
    }

    @Test func symmetricHannIsZeroAtBothEndsAndPeriodicAtOne() {
        let symmetric = WindowShape.hannSymmetric.values(length: 9)
        let periodic = WindowShape.hannPeriodic.values(length: 8)
        #expect(symmetric.first == 0 && abs(symmetric[8]) < 1e-15 && symmetric[4] == 1)
        #expect(Array(symmetric.dropLast()) == periodic)
    }
}
