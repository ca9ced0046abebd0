import Testing

@testable import Evaluation

@Suite struct ChartPictureTests {
    @Test func aFullFieldIsBrightAndAnEmptyOneDark() {
        let picture = ConfusionPicture(labels: ["dog", "cat"], counts: [[4, 0], [1, 1]]).draw()
        let (left, top) = (8 + 18 + 6, 8 + 18 + 6)
        #expect(picture.color(x: left + 2, y: top + 2) == .level(1))
        #expect(picture.color(x: left + 28, y: top + 2) == .level(0))
        #expect(picture.color(x: left + 2, y: top + 20) == .level(0.5))
    }

    @Test func aFallingCurveFalls() {
        let values = (0..<100).map { 1 - Double($0) / 100 }
        let picture = CurvePicture(
            curves: [CurvePicture.Curve(name: "loss", values: values)],
            unit: "steps"
        ).draw()
        func height(_ column: Int) -> Int {
            (18..<180).first { picture.color(x: column, y: $0) == PixelColor.marks[0] } ?? 0
        }
        #expect(height(60) < 24)
        #expect(height(56 + 320) > 90 && height(56 + 320) < 105)
        #expect(height(56 + 635) > 170)
    }

    @Test func numbersThatAreNoneAreLeftOut() {
        let curve = CurvePicture.Curve(name: "loss", values: [.nan, 1, .infinity])
        #expect(CurvePicture(curves: [curve], unit: "steps").draw().height > 100)
    }
}
