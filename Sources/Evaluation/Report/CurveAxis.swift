import Foundation

/// One axis of a drawing: where on it, from 0 to 1, a value lies.
struct CurveAxis {
    private enum Scale {
        case linear
        /// From 10 to the power of the first to that of the second; what is less is at 0.
        case decades(Int, Int)
    }

    /// What is along it.
    let title: String
    private let scale: Scale

    /// Shares from 0 to 1.
    static func shares(_ title: String) -> CurveAxis { CurveAxis(title: title, scale: .linear) }

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
        case .linear:
            return min(1, max(0, value))
        case .decades(let lowest, let highest):
            guard value > 0 else { return 0 }
            let place = (log10(value) - Double(lowest) + 1) / Double(highest - lowest + 1)
            return min(1, max(0, place))
        }
    }

    /// The values that are marked, with the words beside them.
    var marks: [(place: Double, label: String)] {
        switch scale {
        case .linear:
            return [0, 0.25, 0.5, 0.75, 1].map { (place($0), String(format: "%g", $0)) }
        case .decades(let lowest, let highest):
            let decades = (lowest...highest).map { pow(10, Double($0)) }
            return [(0, "0")] + decades.map { (place($0), String(format: "%g", $0)) }
        }
    }
}
