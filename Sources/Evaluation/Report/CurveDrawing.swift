import Foundation

/// Curves over two axes, as SVG with a legend in which each can be hidden.
struct CurveDrawing {
    /// One of the values that were measured.
    struct Point {
        let x: Double
        let y: Double
        /// What is shown where the pointer rests; nil for a point without a mark.
        let label: String?
    }

    /// A named curve.
    struct Curve {
        let name: String
        /// A number beside the name.
        var note: String?
        let points: [Point]
        /// Whether a value holds for all that lies between it and the last one.
        var isStepped = false
        /// The point that is in force, if one is.
        var inForce: Point?
    }

    /// A name of its own on the page, of letters.
    let identifier: String
    /// What the drawing shows, for those who cannot see it.
    let title: String
    let curves: [Curve]
    let horizontal: CurveAxis
    let vertical: CurveAxis

    private static let side = 320.0
    private static let left = 44.0
    private static let top = 26.0
    static let width = 388.0
    static let height = 396.0
    /// More points than this are drawn as a line only.
    private static let mostMarkedPoints = 4_000
    private static let mostAlwaysMarked = 40

    /// The drawing with its legend.
    var html: String {
        "<figure class=\"curves\" id=\"\(identifier)\">\n<style>\(rules)</style>\n"
            + "<svg viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(Self.height))\" "
            + "role=\"img\" aria-label=\"\(HTMLPage.escaped(title))\">\n"
            + "\(shapes)\n</svg>\n\(legend)</figure>\n"
    }

    /// The grid and the curves, as SVG of the size ``width`` × ``height``.
    var shapes: String { "\(grid)\n\(lines)" }

    /// A curve is hidden, and shown stronger, by what happens in the legend.
    private var rules: String {
        curves.indices.map { index in
            let figure = "#\(identifier)"
            let choice = "\(figure):has(.choice-\(index)"
            return "\(choice) input:not(:checked)) .curve-\(index) { display: none; }\n"
                + "\(choice):hover) .curve-\(index), \(choice) :focus-visible) .curve-\(index) "
                + "{ stroke-width: 4; }\n"
        }.joined()
    }

    private var grid: String {
        let right = Self.number(Self.left + Self.side)
        let bottom = Self.number(Self.top + Self.side)
        let columns = horizontal.marks.map { mark in
            let x = Self.number(Self.left + Self.side * mark.place)
            return "<path class=\"grid\" d=\"M\(x),\(Self.number(Self.top))V\(bottom)\"/>"
                + "<text x=\"\(x)\" y=\"\(Self.number(Self.top + Self.side + 17))\" "
                + "text-anchor=\"middle\">\(mark.label)</text>"
        }
        let rows = vertical.marks.map { mark in
            let y = Self.top + Self.side * (1 - mark.place)
            return
                "<path class=\"grid\" d=\"M\(Self.number(Self.left)),\(Self.number(y))H\(right)\"/>"
                + "<text x=\"\(Self.number(Self.left - 7))\" y=\"\(Self.number(y + 4))\" "
                + "text-anchor=\"end\">\(mark.label)</text>"
        }
        let titles = [
            "<text x=\"\(Self.number(Self.left + Self.side / 2))\" y=\"\(Self.number(Self.height - 10))\" "
                + "text-anchor=\"middle\">\(HTMLPage.escaped(horizontal.title))</text>",
            "<text x=\"2\" y=\"13\">\(HTMLPage.escaped(vertical.title))</text>",
        ]
        return (columns + rows + titles).joined(separator: "\n")
    }

    private var lines: String {
        let isMarked = curves.reduce(0) { $0 + $1.points.count } <= Self.mostMarkedPoints
        return curves.enumerated().map { index, curve in
            let few = curve.points.count <= Self.mostAlwaysMarked ? " few" : ""
            let marks = (isMarked ? curve.points : []).compactMap { circle($0) }.joined(
                separator: "\n"
            )
            let force = curve.inForce.flatMap { circle($0, kind: " class=\"force\"") }
            return "<g class=\"curve curve-\(index)\(few)\" style=\"--hue:\(Self.hue(index))\">"
                + "<path d=\"\(path(of: curve))\"\(Self.dashes(index))/>\n\(marks)"
                + "\(force ?? "")</g>"
        }.joined(separator: "\n")
    }

    private func path(of curve: Curve) -> String {
        var path = ""
        for (index, point) in curve.points.enumerated() {
            let (x, y) = place(point)
            if index == 0 {
                // Whatever lies left of the first value is as good as it is.
                path = curve.isStepped ? "M\(Self.number(Self.left)),\(y)H\(x)" : "M\(x),\(y)"
            } else {
                path += curve.isStepped ? "V\(y)H\(x)" : "L\(x),\(y)"
            }
        }
        return path
    }

    private func circle(_ point: Point, kind: String = "") -> String? {
        guard let label = point.label else { return nil }
        let (x, y) = place(point)
        return "<circle cx=\"\(x)\" cy=\"\(y)\"\(kind)>"
            + "<title>\(HTMLPage.escaped(label))</title></circle>"
    }

    private var legend: String {
        guard curves.count > 1 || curves.contains(where: { $0.inForce != nil }) else { return "" }
        let entries = curves.enumerated().map { index, curve in
            let note = curve.note.map { "<output>\(HTMLPage.escaped($0))</output>" } ?? ""
            return "<label class=\"choice-\(index)\"><input type=\"checkbox\" checked>"
                + "<svg viewBox=\"0 0 28 10\" aria-hidden=\"true\" style=\"--hue:\(Self.hue(index))\">"
                + "<path d=\"M0,5H28\"\(Self.dashes(index))/></svg>"
                + "<span class=\"name\">\(HTMLPage.escaped(curve.name))</span>\(note)</label>"
        }
        return "<div class=\"legend\" role=\"group\" aria-labelledby=\"\(identifier)-shown\">"
            + "<p id=\"\(identifier)-shown\">Shown curves</p>\n"
            + "\(entries.joined(separator: "\n"))\n</div>\n"
    }

    private func place(_ point: Point) -> (x: String, y: String) {
        (
            Self.number(Self.left + Self.side * horizontal.place(point.x)),
            Self.number(Self.top + Self.side * (1 - vertical.place(point.y)))
        )
    }

    /// Hues as far apart as can be, however many there are: the golden angle.
    private static func hue(_ index: Int) -> Int { (250 + index * 137) % 360 }

    /// Overlapping curves and colour-blind readers need more than hue.
    private static func dashes(_ index: Int) -> String {
        ["", " stroke-dasharray=\"7 4\"", " stroke-dasharray=\"2 3\""][index % 3]
    }

    static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// One axis of a drawing: where on it, from 0 to 1, a value lies.
struct CurveAxis {
    private enum Scale {
        case linear(Double, Double)
        /// From 10 to the power of the first to that of the second; what is less is at 0.
        case decades(Int, Int)
    }

    /// What is along it.
    let title: String
    private let scale: Scale

    /// Shares from 0 to 1.
    static func shares(_ title: String) -> CurveAxis {
        CurveAxis(title: title, scale: .linear(0, 1))
    }

    /// Values from 0, or the lowest if that is less, to the highest.
    static func values(_ title: String, of values: [Double]) -> CurveAxis {
        let low = min(values.min() ?? 0, 0)
        return CurveAxis(title: title, scale: .linear(low, max(values.max() ?? 1, low + 1e-9)))
    }

    /// Rates, a decade as long as the next, with a place for 0.
    ///
    /// - Parameters:
    ///   - title: What is along it.
    ///   - values: The rates that are to be shown, 0 or more.
    /// - Returns: The axis.
    static func rates(_ title: String, of values: [Double]) -> CurveAxis {
        let logarithms = values.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
        let lowest = Int((logarithms.min() ?? 0).rounded(.down))
        let highest = max(lowest + 1, Int((logarithms.max() ?? 1).rounded(.up)))
        return CurveAxis(title: title, scale: .decades(lowest, highest))
    }

    /// Where a value lies, 0...1.
    func place(_ value: Double) -> Double {
        switch scale {
        case .linear(let low, let high):
            return min(1, max(0, (value - low) / (high - low)))
        case .decades(let lowest, let highest):
            guard value > 0 else { return 0 }
            let place = (log10(value) - Double(lowest) + 1) / Double(highest - lowest + 1)
            return min(1, max(0, place))
        }
    }

    /// The values that are marked, with the words beside them.
    var marks: [(place: Double, label: String)] {
        switch scale {
        case .linear(let low, let high):
            return [0, 0.25, 0.5, 0.75, 1].map { place in
                let value = low + (high - low) * place
                return (place, String(format: abs(value) < 100 ? "%.3g" : "%.0f", value))
            }
        case .decades(let lowest, let highest):
            let decades = (lowest...highest).map { pow(10, Double($0)) }
            return [(0, "0")] + decades.map { (place($0), String(format: "%g", $0)) }
        }
    }
}
