/// A time of day on the wall clock.
package struct TimeOfDay: Equatable, Sendable, CustomStringConvertible {
    /// Minutes since midnight, 0..<1440.
    package let minutes: Int

    /// Creates a time; nil if no clock shows it.
    package init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        minutes = hour * 60 + minute
    }

    /// Reads `7:30` or `22:00`; nil if it is neither.
    init?(_ text: some StringProtocol) {
        guard let match = String(text).wholeMatch(of: /(\d{1,2}):(\d\d)/),
            let hour = Int(match.1), let minute = Int(match.2)
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    package var description: String {
        let digits = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
        return "\(digits(minutes / 60)):\(digits(minutes % 60))"
    }
}

/// A part of every day, which may go over midnight: `22:00-06:00`.
package struct DayTimes: Equatable, Sendable, CustomStringConvertible {
    /// When it begins.
    package let start: TimeOfDay
    /// When it is over.
    package let end: TimeOfDay

    /// Reads `22:00-06:00`; nil if it is something else, or empty.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = TimeOfDay(Self.trimmed(parts[0])),
            let end = TimeOfDay(Self.trimmed(parts[1])), start != end
        else { return nil }
        self.start = start
        self.end = end
    }

    /// Whether a time of day, in minutes since midnight, is in it.
    package func contains(minute: Int) -> Bool {
        start.minutes < end.minutes
            ? (start.minutes..<end.minutes).contains(minute)
            : minute >= start.minutes || minute < end.minutes
    }

    package var description: String { "\(start)-\(end)" }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// A day of the week, as it is written.
package enum Weekday: String, CaseIterable, Sendable {
    // In the order of the week, as days since 1970 count it from a Monday on.
    case mon, tue, wed, thu, fri, sat, sun
}

extension ValueForm where Value == Double {
    /// A length of time: `90s`, `15m`, `2h` or `1d`, in seconds.
    package static func duration(atLeast minimum: Double) -> ValueForm {
        ValueForm(
            allowed: "a length of time of at least \(durationText(minimum)), such as 90s, 15m, 2h "
                + "or 1d",
            read: { node in
                guard let seconds = node.text.flatMap(durationSeconds), seconds >= minimum,
                    seconds <= 366 * 86_400
                else { return nil }
                return seconds
            },
            write: durationText,
            advice: { node in
                node.text?.isDecimalNumber == true ? "add the unit: s, m, h or d" : ""
            }
        )
    }
}

private let durationUnits: [(names: [String], seconds: Double)] = [
    (["d", "day", "days"], 86_400), (["h"], 3_600), (["m", "min"], 60), (["s"], 1),
]

private func durationSeconds(_ text: String) -> Double? {
    guard let match = text.wholeMatch(of: /(\d+(?:\.\d+)?) ?([a-z]+)/),
        let number = Double(match.1)
    else { return nil }
    if number == 0 { return 0 }
    let unit = durationUnits.first { $0.names.contains(String(match.2)) }
    return unit.map { number * $0.seconds }
}

private func durationText(_ seconds: Double) -> String {
    for unit in durationUnits where seconds >= unit.seconds {
        let count = seconds / unit.seconds
        if count == count.rounded() { return count.settingText + unit.names[0] }
    }
    return seconds.settingText + "s"
}

extension ValueForm where Value == TimeOfDay {
    /// A time of day: `10:00`.
    static var timeOfDay: ValueForm {
        ValueForm(
            allowed: "a time of day such as 10:00",
            read: { node in node.text.flatMap { TimeOfDay($0) } },
            write: { $0.description }
        )
    }
}

extension ValueForm where Value == DayTimes {
    /// A part of the day: `22:00-06:00`.
    static var dayTimes: ValueForm {
        ValueForm(
            allowed: "two times of day such as 22:00-06:00",
            read: { node in node.text.flatMap(DayTimes.init) },
            write: { $0.description }
        )
    }
}

extension ValueForm where Value == Set<Weekday> {
    /// Days of the week.
    static var weekdays: ValueForm {
        ValueForm(
            allowed: "a list such as [mon, tue], weekdays or weekend",
            read: { node in
                switch node.text {
                case "weekdays": return [.mon, .tue, .wed, .thu, .fri]
                case "weekend": return [.sat, .sun]
                default: break
                }
                let words = node.texts?.compactMap { Weekday(rawValue: $0.lowercased()) } ?? []
                return words.isEmpty || words.count != node.texts?.count ? nil : Set(words)
            },
            write: { days in
                "[\(Weekday.allCases.filter(days.contains).map(\.rawValue).joined(separator: ", "))]"
            }
        )
    }
}

extension YAMLNode {
    /// The texts of a list of scalars, or a scalar by itself; nil for anything else.
    var texts: [String]? {
        guard case .sequence(let nodes) = content else { return text.map { [$0] } }
        let texts = nodes.compactMap(\.text)
        return texts.count == nodes.count ? texts : nil
    }
}
