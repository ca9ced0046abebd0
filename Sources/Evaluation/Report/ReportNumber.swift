import Foundation
import Messages

/// Numbers as reports show them.
enum ReportNumber {
    /// Three decimals, or a dash for what is not defined.
    static func share(_ value: Double?) -> String { text(value, decimals: 3) }

    /// A number with so many decimals, or a dash.
    static func text(_ value: Double?, decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
    }

    /// A threshold without needless zeros.
    static func threshold(_ value: Float) -> String { String(format: "%g", value) }
}

extension JSONValue {
    /// A number, or `null` for what is not defined.
    static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }

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
