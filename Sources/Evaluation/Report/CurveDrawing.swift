import Foundation

/// Curves in a square from 0 to 1, as SVG.
struct CurveDrawing {
    /// A named curve; both coordinates are 0...1.
    struct Curve {
        let name: String
        let points: [(x: Double, y: Double)]
    }

    let curves: [Curve]
    let horizontal: String
    let vertical: String

    private static let side = 360.0
    private static let margin = 42.0

    /// The drawing, with a legend.
    var svg: String {
        let width = Self.side + 2 * Self.margin + 180
        let height = Self.side + 2 * Self.margin
        let marks = stride(from: 0.0, through: 1.0, by: 0.25).map { share in
            let (x, y) = Self.place(share, share)
            let label = String(format: "%g", share)
            return "<line x1=\"\(x)\" y1=\"\(Self.margin)\" x2=\"\(x)\" "
                + "y2=\"\(Self.margin + Self.side)\" stroke=\"var(--line)\"/>"
                + "<line x1=\"\(Self.margin)\" y1=\"\(y)\" x2=\"\(Self.margin + Self.side)\" "
                + "y2=\"\(y)\" stroke=\"var(--line)\"/>"
                + "<text x=\"\(x)\" y=\"\(Self.margin + Self.side + 15)\" "
                + "text-anchor=\"middle\">\(label)</text>"
                + "<text x=\"\(Self.margin - 6)\" y=\"\(y + 4)\" text-anchor=\"end\">\(label)</text>"
        }.joined()
        let lines = curves.enumerated().map { index, curve in
            let points = curve.points.map { point in
                let (x, y) = Self.place(point.x, point.y)
                return String(format: "%.1f,%.1f", x, y)
            }.joined(separator: " ")
            let colour = "hsl(\(index * 137 % 360),65%,50%)"
            let row = Self.margin + 12 + Double(index) * 16
            return "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(colour)\" "
                + "stroke-width=\"1.6\"/>"
                + "<text x=\"\(Self.margin + Self.side + 14)\" y=\"\(row)\" "
                + "style=\"fill:\(colour)\">\(HTMLPage.escaped(curve.name))</text>"
        }.joined(separator: "\n")
        return "<svg viewBox=\"0 0 \(width) \(height)\" style=\"max-width:\(width)px\" "
            + "role=\"img\">\(marks)\n\(lines)"
            + "<text x=\"\(Self.margin + Self.side / 2)\" y=\"\(height - 8)\" "
            + "text-anchor=\"middle\">\(HTMLPage.escaped(horizontal))</text>"
            + "<text x=\"\(Self.margin)\" y=\"\(Self.margin - 12)\">"
            + "\(HTMLPage.escaped(vertical))</text></svg>"
    }

    private static func place(_ x: Double, _ y: Double) -> (Double, Double) {
        (margin + side * x, margin + side * (1 - y))
    }
}
