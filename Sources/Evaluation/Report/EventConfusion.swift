import SoundDatasets

/// What the events of each class were really of.
package struct EventConfusion: Equatable, Sendable {
    /// The classes of the events, in the order of the columns.
    package let classNames: [String]
    /// What was annotated where events are: the classes, other labels, and nothing.
    package let rowNames: [String]
    /// The numbers of events, shape `[rowNames.count, classNames.count]`.
    package private(set) var counts: [[Int]]
    /// The numbers of annotated sounds that no event of their class meets, one for each row.
    package private(set) var missed: [Int]

    /// What the row of events is called where nothing is annotated.
    package static let nothing = "(nothing)"

    /// Counts events.
    ///
    /// An event belongs to the row of its own class if it meets a sound of it, else to that of
    /// the sound with which it has most in common.
    package init(_ recordings: [ComparedRecording], classNames: [String]) {
        let others = Set(recordings.flatMap { $0.reference.map(\.label) })
            .subtracting(classNames).sorted()
        let rowNames = classNames + others + [Self.nothing]
        let rows = Dictionary(uniqueKeysWithValues: rowNames.enumerated().map { ($1, $0) })
        var counts = rowNames.map { _ in classNames.map { _ in 0 } }
        var missed = rowNames.map { _ in 0 }
        for recording in recordings {
            for event in recording.detected {
                guard let column = classNames.firstIndex(of: event.label) else { continue }
                let row = rows[Self.label(of: event, in: recording.reference)]
                counts[row ?? rowNames.count - 1][column] += 1
            }
            for sound in recording.reference {
                let isFound = recording.detected.contains {
                    $0.label == sound.label && OverlapTally.meets($0, sound)
                }
                if !isFound, let row = rows[sound.label] { missed[row] += 1 }
            }
        }
        self.classNames = classNames
        self.rowNames = rowNames
        self.counts = counts
        self.missed = missed
    }

    private static func label(of event: LabelledSound, in reference: [LabelledSound]) -> String {
        let met = reference.filter { OverlapTally.meets($0, event) }
        if met.contains(where: { $0.label == event.label }) { return event.label }
        return met.max { $0.overlapSeconds(with: event) < $1.overlapSeconds(with: event) }?.label
            ?? nothing
    }
}
