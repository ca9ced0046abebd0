/// Pictures as SVG files of their own, for the card of a trained model.
package enum SVGPicture {
    private static let ink = "#1d2321"
    private static let blue = "#2a77bb"
    /// More points than this are joined by their means.
    private static let mostPoints = 320

    /// Curves over the same steps, each with an axis of its own, side by side.
    ///
    /// - Parameters:
    ///   - curves: Names with a value for each step; values that are not finite are left out.
    ///   - unit: What is counted from left to right.
    /// - Returns: The content of the file.
    package static func curves(
        _ curves: [(name: String, values: [Double])],
        unit: String
    ) -> String {
        let drawings = curves.enumerated().map { index, curve in
            let drawing = CurveDrawing(
                identifier: "curve",
                title: curve.name,
                curves: [CurveDrawing.Curve(name: curve.name, points: points(of: curve.values))],
                horizontal: .values(unit, of: [Double(curve.values.count)]),
                vertical: .values(curve.name, of: curve.values.filter(\.isFinite))
            )
            let left = CurveDrawing.number(Double(index) * CurveDrawing.width)
            return "<g transform=\"translate(\(left))\">\n\(drawing.shapes)\n</g>"
        }
        return file(
            width: Double(curves.count) * CurveDrawing.width + 12,
            height: CurveDrawing.height,
            drawings.joined(separator: "\n")
        )
    }

    private static func points(of values: [Double]) -> [CurveDrawing.Point] {
        let count = min(values.count, mostPoints)
        return (0..<count).compactMap { index in
            let steps = index * values.count / count..<(index + 1) * values.count / count
            return values[steps].filter(\.isFinite).mean.map {
                CurveDrawing.Point(x: Double(steps.upperBound), y: $0, label: nil)
            }
        }
    }

    /// A confusion matrix: the darker a field, the larger its share of the row.
    ///
    /// - Parameters:
    ///   - classNames: The classes, in the order of rows and columns.
    ///   - counts: How often a class (row) was given a class (column).
    /// - Returns: The content of the file.
    package static func confusion(classNames: [String], counts: [[Int]]) -> String {
        precondition(
            counts.count == classNames.count && counts.allSatisfy { $0.count == classNames.count },
            "A row and a column for each class"
        )
        let (fieldWidth, fieldHeight) = (38.0, 22.0)
        // A letter of 12 pixels is about 7 wide.
        let margin = 12 + 7 * Double(classNames.map(\.count).max() ?? 0)
        var shapes: [String] = []
        func text(_ text: String, x: Double, y: Double, _ attributes: String) {
            let place = "\(CurveDrawing.number(x)),\(CurveDrawing.number(y))"
            shapes.append(
                "<text transform=\"translate(\(place))\(attributes)>"
                    + "\(HTMLPage.escaped(text))</text>"
            )
        }
        for (row, name) in classNames.enumerated() {
            let top = margin + Double(row) * fieldHeight
            let left = margin + Double(row) * fieldWidth
            text(name, x: margin - 6, y: top + 15, "\" text-anchor=\"end\"")
            text(name, x: left + fieldWidth / 2 + 4, y: margin - 6, " rotate(-90)\"")
            let sum = Double(max(counts[row].reduce(0, +), 1))
            for (column, count) in counts[row].enumerated() {
                let share = Double(count) / sum
                let left = margin + Double(column) * fieldWidth
                shapes.append(
                    "<rect x=\"\(CurveDrawing.number(left))\" y=\"\(CurveDrawing.number(top))\" "
                        + "width=\"37\" height=\"21\" fill=\"\(blue)\" "
                        + "fill-opacity=\"\(shown(0.04 + 0.8 * share, 2))\"/>"
                )
                guard count > 0 else { continue }
                text("\(count)", x: left + 18.5, y: top + 15, "\" text-anchor=\"middle\"")
            }
        }
        return file(
            width: margin + Double(classNames.count) * fieldWidth + 12,
            height: margin + Double(classNames.count) * fieldHeight + 12,
            shapes.joined(separator: "\n")
        )
    }

    private static func file(width: Double, height: Double, _ shapes: String) -> String {
        let size = "\(CurveDrawing.number(width)) \(CurveDrawing.number(height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" \
            width="\(CurveDrawing.number(width))" height="\(CurveDrawing.number(height))">
            <style>
            text { font: 12px sans-serif; fill: \(ink); }
            .grid { stroke: #d9ddd9; }
            .curve path { stroke: \(blue); stroke-width: 2; fill: none; }
            </style>
            <rect width="100%" height="100%" fill="#fff"/>
            \(shapes)
            </svg>

            """
    }
}
