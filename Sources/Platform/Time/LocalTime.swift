package import Foundation

/// Times as people at this machine read them.
package struct LocalTime: Sendable {
    private let zone: Zone

    /// Times in a zone.
    package init(zone: Zone = .local) {
        self.zone = zone
    }

    /// Date and time to a tenth of a second.
    package func text(_ date: Date) -> String {
        let wall = wallTime(date)
        return "\(wall.dateText) \(wall.timeText).\(Int(wall.fraction * 10))"
    }

    /// Date, hour and minute.
    package func minuteText(_ date: Date) -> String {
        let wall = wallTime(date)
        return "\(wall.dateText) \(wall.timeText.dropLast(3))"
    }

    /// What the zone is called at a time and how far it is ahead of UTC: `CET, +01:00`.
    package func zoneLabel(at date: Date) -> String {
        zone.label(at: date)
    }

    /// The name of a column of times with their zone, such as `start (CET, +01:00)`; both zones
    /// where clocks are changed in between.
    package func title(_ name: String, of dates: [Date]) -> String {
        var labels: [String] = []
        for label in dates.map(zone.label(at:)) where !labels.contains(label) {
            labels.append(label)
        }
        return labels.isEmpty ? name : "\(name) (\(labels.joined(separator: "; ")))"
    }

    /// Milliseconds are exact to what is shown: 0.3 s must not become 0.2.
    private func wallTime(_ date: Date) -> WallTime {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
        return zone.wallTime(at: Date(timeIntervalSince1970: (milliseconds + 0.01) / 1_000))
    }
}
