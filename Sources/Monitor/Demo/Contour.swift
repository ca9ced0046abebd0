/// A quantity over time: straight lines between points.
struct Contour: ExpressibleByArrayLiteral {
    /// A moment in seconds and the value then.
    typealias Point = (seconds: Double, value: Double)

    private let points: [Point]

    /// Joins the points, which are in order of time.
    init(_ points: [Point]) {
        precondition(!points.isEmpty, "A contour has at least one point")
        self.points = points
    }

    init(arrayLiteral elements: Point...) {
        self.init(elements)
    }

    /// The value at a time; before the first point and after the last, theirs.
    func value(at seconds: Double) -> Double {
        var previous = points[0]
        guard seconds > previous.seconds else { return previous.value }
        for point in points.dropFirst() {
            if seconds < point.seconds {
                let share = (seconds - previous.seconds) / (point.seconds - previous.seconds)
                return previous.value + share * (point.value - previous.value)
            }
            previous = point
        }
        return previous.value
    }
}
