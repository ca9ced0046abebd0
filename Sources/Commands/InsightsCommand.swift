import ArgumentParser
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness insights`: what is normal here, and what of the last week is not.
struct InsightsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "insights",
        abstract: "Shows what is heard when, and what was unusual in the last seven days.",
        discussion: """
            Compares the last seven days with the days before, hour by hour, by tests that ask \
            nothing of how sounds are distributed: where nothing has changed, anything is called \
            unusual in one week of twenty. Works whether or not the service runs.
            """
    )

    @Option(help: ArgumentHelp("From this time on, 8 to 366 days ago.", valueName: "time"))
    var since = "4w"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(help: "Only this source.") var source: String?
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    func run() async throws {
        let now = Date()
        let range = try TimeRange(since: since, until: until, now: now)
        let answer = try await answer(from: range.start, to: min(now, range.end))
        let text = format == .json ? answer.json.text + "\n" : InsightsText(answer).text
        try StandardOutput.write(text, remarks: answer.remarks)
    }

    private func answer(from start: Date, to end: Date) async throws -> InsightsMessage {
        do {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return try await client.insights(since: start, until: end, source: source)
        } catch ClientError.notRunning {
            let store = try EventStore.openForQueries(path: service.location.databasePath)
            defer { try? store.close() }
            try store.requireNames(source: source)
            return try InsightsQuestion(from: start, to: end, source: source)
                .answer(from: store, zoneName: Zone.local.label(at: end))
        }
    }
}

/// The answer as people read it.
struct InsightsText {
    private let answer: InsightsMessage
    private let times = LocalTime()

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    init(_ answer: InsightsMessage) {
        self.answer = answer
    }

    /// The whole answer: what is heard when, what is unusual, and what is there for the first time.
    var text: String {
        [habits, unusual, firsts].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: - What is heard when

    private var habits: String {
        let days = answer.to.timeIntervalSince(answer.from) / 86_400
        let listened = answer.listened.reduce(0) { $0 + $1.listenedSeconds }
        let sources = max(1, Set(answer.listened.map(\.source)).count)
        let percent = 100 * listened / (days * 86_400 * Double(sources))
        let head = String(
            format: "%@ to %@, listened to %.0f %% of the time\n",
            times.minuteText(answer.from),
            times.minuteText(answer.to),
            percent
        )
        guard !answer.heard.isEmpty else { return head + "Nothing was heard.\n" }
        let classes = Dictionary(grouping: answer.heard, by: \.className).sorted {
            (Self.sum($1.value), $0.key) < (Self.sum($0.value), $1.key)
        }
        let table = TextTable(
            header: ["class", "events", "a day", "mostly", "busiest day"],
            rows: classes.map { name, hours in
                let count = Self.sum(hours)
                let daily = Double(count) * 86_400 * Double(sources) / max(1, listened)
                return [
                    name, "\(count)", String(format: "%.1f", daily), mostly(hours),
                    busiestDay(hours),
                ]
            },
            rightAligned: [1, 2]
        )
        return head + table.text
    }

    /// The shortest stretch of the day in which half of the events are, such as `07-10 h`.
    private func mostly(_ hours: [WeekHourMessage]) -> String {
        var counts = [Int](repeating: 0, count: 24)
        for hour in hours { counts[hour.hour] += hour.count }
        let half = (Self.sum(hours) + 1) / 2
        for length in 1...24 {
            let sums = (0..<24).map { start in
                (0..<length).reduce(0) { $0 + counts[(start + $1) % 24] }
            }
            guard let most = sums.max(), most >= half, let start = sums.firstIndex(of: most)
            else { continue }
            return "\(hourText(start, length: length)) (\(100 * most / max(1, Self.sum(hours))) %)"
        }
        return ""
    }

    private func busiestDay(_ hours: [WeekHourMessage]) -> String {
        var counts = [Int](repeating: 0, count: 7)
        for hour in hours { counts[hour.weekday - 1] += hour.count }
        let most = counts.max() ?? 0
        guard counts.count(where: { $0 == most }) == 1, let day = counts.firstIndex(of: most) else {
            return ""
        }
        return "\(Self.weekdays[day]) (\(100 * most / max(1, Self.sum(hours))) %)"
    }

    private static func sum(_ hours: [WeekHourMessage]) -> Int { hours.reduce(0) { $0 + $1.count } }

    private func hourText(_ hour: Int, length: Int = 1) -> String {
        String(format: "%02d-%02d h", hour, (hour + length - 1) % 24 + 1)
    }

    // MARK: - What is unusual

    private var unusual: String {
        let rate = String(format: "%.0f %%", answer.falseAlarmRate * 100)
        let since = times.minuteText(answer.recentFrom)
        guard !answer.unusual.isEmpty else {
            return answer.remarks.isEmpty
                ? "Nothing is unusual since \(since) (of \(answer.daysBefore) days before).\n" : ""
        }
        let table = TextTable(
            header: ["unusual since \(since)", "source", "hour", "recent", "before"],
            rows: answer.unusual.map { one in
                [
                    title(one), one.source, one.hour.map { hourText($0) } ?? "all day",
                    value(one.recent, of: one), value(one.before, of: one),
                ]
            },
            rightAligned: [3, 4]
        )
        return table.text
            + "A week in which nothing changes shows anything here with \(rate) probability.\n"
    }

    private func title(_ one: UnusualMessage) -> String {
        let what = one.className ?? (isLevel(one) ? "level" : "any sound")
        return "\(one.kind.replacing("_", with: " ")): \(what)"
    }

    private func isLevel(_ one: UnusualMessage) -> Bool {
        ["louder", "quieter"].contains(one.kind)
    }

    private func value(_ value: Double, of one: UnusualMessage) -> String {
        if isLevel(one) { return String(format: "%.1f dBFS", value) }
        return one.hour == nil
            ? String(format: "%.1f a day", value) : String(format: "%.0f %% of days", value)
    }

    private var firsts: String {
        guard !answer.firsts.isEmpty else { return "" }
        let table = TextTable(
            header: ["never before at this hour", "source", "when"],
            rows: answer.firsts.map { [$0.className, $0.source, times.minuteText($0.start)] }
        )
        return table.text
            + String(format: "A week here has %.1f of these on average.\n", answer.usualFirsts)
    }
}
