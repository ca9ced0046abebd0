internal import Foundation

/// Curves over the same steps, each in a panel of its own.
package struct CurvePicture {
    /// A curve with its name.
    package struct Curve: Equatable, Sendable {
        /// What it shows.
        package var name: String
        /// A value a step.
        package var values: [Double]

        /// Creates the curve from its parts.
        package init(name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    private let curves: [Curve]
    private let unit: String

    private static let left = 56
    private static let width = 640
    private static let height = 160
    private static let gap = 34

    /// Lays the picture out.
    ///
    /// - Parameters:
    ///   - curves: The curves, at least one.
    ///   - unit: What is counted from left to right.
    package init(curves: [Curve], unit: String) {
        precondition(!curves.isEmpty, "A picture of curves has at least one")
        self.curves = curves
        self.unit = unit
    }

    /// The bytes of the picture as a PNG file.
    ///
    /// - Throws: That libpng refuses it.
    package func png() throws(PictureError) -> [UInt8] {
        try PNGFile.bytes(of: draw())
    }

    /// Draws everything.
    func draw() -> PixelCanvas {
        var canvas = PixelCanvas(
            width: Self.left + Self.width + 12,
            height: curves.count * (Self.height + Self.gap) + 8,
            filledWith: .paper
        )
        for (index, curve) in curves.enumerated() {
            let top = index * (Self.height + Self.gap) + 18
            let color = PixelColor.marks[index % PixelColor.marks.count]
            draw(curve, top: top, color, on: &canvas)
        }
        return canvas
    }

    private func draw(_ curve: Curve, top: Int, _ color: PixelColor, on canvas: inout PixelCanvas) {
        let values = curve.values.filter(\.isFinite)
        let low = min(values.min() ?? 0, 0)
        let high = max(values.max() ?? 1, low + 1e-9)
        canvas.write(curve.name, x: Self.left, y: top - 12, color)
        for tick in 0...4 {
            let y = top + Self.height * tick / 4
            canvas.fill(x: Self.left..<Self.left + Self.width, y: y..<y + 1, PixelColor(48, 48, 56))
            let text = String(format: "%.3g", high - (high - low) * Double(tick) / 4)
            canvas.write(
                text,
                x: Self.left - 4 - PixelCanvas.width(of: text),
                y: y - PixelFont.height / 2,
                .ink
            )
        }
        let last = "\(curve.values.count) \(unit)"
        canvas.write(
            last,
            x: Self.left + Self.width - PixelCanvas.width(of: last),
            y: top + Self.height + 6,
            .ink
        )
        var previous: Int?
        for column in 0..<Self.width where !curve.values.isEmpty {
            let first = column * curve.values.count / Self.width
            let end = max((column + 1) * curve.values.count / Self.width, first + 1)
            let part = curve.values[first..<min(end, curve.values.count)].filter(\.isFinite)
            guard !part.isEmpty else { continue }
            let mean = part.reduce(0, +) / Double(part.count)
            let share = (mean - low) / (high - low)
            let y = top + Self.height - Int((share * Double(Self.height)).rounded())
            let from = previous ?? y
            canvas.fill(
                x: Self.left + column..<Self.left + column + 1,
                y: min(from, y)..<max(from, y) + 2,
                color
            )
            previous = y
        }
    }
}
