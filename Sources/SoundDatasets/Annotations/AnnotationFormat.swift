/// The formats in which annotations are read.
package enum AnnotationFormat: String, CaseIterable, Sendable {
    /// Audacity's label track: begin, end and label, separated by tabs; a second line that starts
    /// with a backslash holds the frequencies, if any.
    case audacity
    /// Raven's selection table: tabs, with a header.
    case raven
    /// The DCASE challenges' tables: `filename`, `onset`, `offset`, `event_label`, separated by
    /// tabs, with or without that header, and without the first column if it is about one file.
    case dcase

    /// Tells the format from the first line that is not empty.
    static func recognised(in line: [String]) -> AnnotationFormat {
        if line.contains(RavenColumns.beginTime) {
            return .raven
        }
        let isNumber = line.first.flatMap(TabularText.seconds) != nil
        let isMark = line.first == "\\"
        return isNumber || isMark ? .audacity : .dcase
    }
}
