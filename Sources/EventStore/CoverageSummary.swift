package import Foundation

/// How much of an asked time was really listened to, for each source and together.
package struct CoverageSummary: Sendable, Equatable {
    /// The part of one source.
    package struct Source: Sendable, Equatable {
        /// The source's name.
        package var name: String
        /// Its totals.
        package var totals: CoverageTotals
    }

    /// The beginning of the time asked for.
    package var from: Date
    /// The end of the time asked for.
    package var to: Date
    /// The sources that the totals are made of, in alphabetical order.
    package var sources: [Source]

    /// The sum over the sources.
    package var totals: CoverageTotals {
        sources.map(\.totals).reduce(CoverageTotals(), +)
    }
}
