import Foundation

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
