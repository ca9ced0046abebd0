import Foundation
import Messages

/// A number with so many decimals, or a dash where it is not defined.
func shown(_ value: Double?, _ decimals: Int = 3) -> String {
    value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
}

/// The two ends of an interval.
func shown(_ interval: ClosedRange<Double>, _ decimals: Int) -> String {
    "\(shown(interval.lowerBound, decimals)) to \(shown(interval.upperBound, decimals))"
}

/// A threshold without needless zeros.
func shown(threshold: Float) -> String { String(format: "%g", threshold) }

/// A number of things, in the singular or the plural.
func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}

/// The marks of an axis of time.
enum TimeMarks {
    /// The shortest usual time between two marks that is at least so long, in seconds.
    static func step(atLeast seconds: Double) -> Double {
        let steps: [Double] = [
            0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600,
        ]
        return steps.first { $0 >= seconds } ?? (seconds / 86_400).rounded(.up) * 86_400
    }

    /// Minutes and seconds: `1:02`, and hours where there are any.
    static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let rest = String(format: "%d:%02d", whole / 60 % 60, whole % 60)
        return whole < 3_600
            ? rest : String(format: "%d:%02d:%02d", whole / 3_600, whole / 60 % 60, whole % 60)
    }
}

extension [Double] {
    /// The mean; nil without values.
    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}

extension JSONValue {
    /// A number, or `null` where it is not defined.
    static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }

    /// A whole number.
    static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    /// A number with its own digits: 0.9, not 0.8999999761581421.
    static func float(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }

    /// The two ends of an interval.
    static func range(_ range: ClosedRange<Double>) -> JSONValue {
        .array([.number(range.lowerBound), .number(range.upperBound)])
    }

    /// The median and the 90th percentile.
    static func quantiles(_ values: [Double]) -> JSONValue {
        .object([
            .init("median", .optional(OverlapTally.quantile(0.5, of: values))),
            .init("p90", .optional(OverlapTally.quantile(0.9, of: values))),
        ])
    }
}

extension DetectionTally {
    /// The rates as members of an object.
    var members: [JSONValue.Member] {
        [
            .init("precision", .optional(precision)), .init("recall", .optional(recall)),
            .init("f1", .optional(f1)), .init("error_rate", .optional(errorRate)),
        ]
    }
}
