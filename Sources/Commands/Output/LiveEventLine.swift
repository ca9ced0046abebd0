import Foundation
import Messages
import Platform

/// One line of a live event, as `tail` and `run` show it.
struct LiveEventLine {
    private let event: EventMessage
    private let namesModel: Bool

    /// Prepares the line of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - namesModel: Whether the line says which model named it, as with several models it must.
    init(_ event: EventMessage, namesModel: Bool = false) {
        self.event = event
        self.namesModel = namesModel
    }

    /// The line: time, source, what was heard, how long and how sure.
    ///
    /// - Parameter colored: Whether a terminal shows it.
    /// - Returns: The line without its end.
    func text(colored: Bool) -> String {
        let time = LocalTime().text(event.start)
        let length = event.durationSeconds.map { String(format: "%6.1f s", $0) } ?? "  begins"
        let level = event.levelDBFS.map { String(format: "%6.1f dBFS", $0) } ?? ""
        let score = String(format: "%.2f", event.peakScore)
        let name = event.label.padding(toLength: 18, withPad: " ", startingAt: 0)
        let shown = colored ? "\u{1B}[1m\(name)\u{1B}[0m" : name
        let model = namesModel ? "  \(event.model)" : ""
        return "\(time)  \(event.source)  \(shown) \(length)  score \(score) \(level)\(model)"
    }
}
