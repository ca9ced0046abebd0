package import Foundation
package import Messages
package import Platform

/// Turns events into text in one of the formats, a few at a time; a header comes before the first.
package struct EventTextWriter: Sendable {
    private let format: EventFormat
    private let originTitle: String
    private let namesModels: Bool
    private let showsClips: Bool
    private let local: LocalTime
    private let frequencyRangeHz: ClosedRange<Double>
    private var rowCount = 0
    private var hasHeader = false
    /// Where the present recording begins on the time axis through all of them.
    private var recordingBegin = 0.0
    /// The first column of the table's last header.
    private var startTitle = "start"

    /// Prepares to write.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - originTitle: What the origin of an event is: `source` or `file`.
    ///   - namesModels: Whether the table for people and Audacity's labels say which model named
    ///     a sound, as they should where there are several; the other formats always do.
    ///   - showsClips: Whether tables have a column for clips; the one for people has it only if
    ///     there is a clip to show.
    ///   - frequencyRangeHz: The height of a selection for Raven: what the model listens to.
    ///   - zone: The zone of the times in the table for people.
    package init(
        format: EventFormat,
        originTitle: String,
        namesModels: Bool = false,
        showsClips: Bool = false,
        frequencyRangeHz: ClosedRange<Double> = 0...8_000,
        zone: Zone = .local
    ) {
        self.format = format
        self.originTitle = originTitle
        self.namesModels = namesModels
        self.showsClips = showsClips
        self.frequencyRangeHz = frequencyRangeHz
        local = LocalTime(zone: zone)
    }

    /// The text of some events, with the header if none was given yet.
    ///
    /// - Parameter rows: The next events; with none of them, a file format still gets its header.
    /// - Returns: Whole lines, each with its end.
    package mutating func text(of rows: [EventRow]) -> String {
        let header = hasHeader ? "" : headerLine
        let body =
            switch format {
            case .text: table(of: rows)
            case .json: rows.map { $0.json.text + "\n" }.joined()
            case .csv: rows.map(csvLine).joined()
            case .audacity: rows.map(audacityLine).joined()
            case .raven: rows.enumerated().map { ravenLine($1, number: rowCount + $0 + 1) }.joined()
            }
        rowCount += rows.count
        hasHeader = hasHeader || format != .text || !rows.isEmpty
        return header + body
    }

    /// Moves on to the next recording, whether or not the last one had events.
    ///
    /// - Parameter seconds: How long the last one is.
    package mutating func advance(bySeconds seconds: Double) {
        recordingBegin += seconds
    }

    /// The first line of the formats that have one of a fixed width.
    private var headerLine: String {
        switch format {
        case .text, .json, .audacity: ""
        case .csv:
            CSVLine.text(
                [
                    originTitle, "class", "label", "start", "start_s", "end_s", "duration_s",
                    "peak_score", "mean_score", "level_dbfs", "model",
                ] + (showsClips ? ["clip"] : [])
            )
        case .raven: RavenColumns.all.joined(separator: "\t") + "\n"
        }
    }

    private mutating func table(of rows: [EventRow]) -> String {
        guard !rows.isEmpty else { return "" }
        let title = local.title("start", of: rows.compactMap(\.start))
        // Of one header, all times have one zone: a recording of the other half of the year, or
        // the first one with a date, gets its own.
        let showsHeader = !hasHeader || (title != "start" && title != startTitle)
        if showsHeader { startTitle = title }
        let local = self.local
        let hasClips = showsClips && rows.contains { $0.clip != nil }
        let hasIDs = rows.contains { $0.id != nil }
        let cells = rows.map { row in
            (hasIDs ? [row.id.map(String.init) ?? ""] : []) + [
                row.start.map(local.text) ?? Self.number(row.startSeconds, 2),
                Self.plain(row.label), Self.number(row.durationSeconds, 1),
                Self.scores(row), Self.number(row.levelDBFS, 1),
                PathText.shown(row.origin),
            ] + (namesModels ? [Self.plain(row.model)] : []) + (hasClips ? [row.clip ?? ""] : [])
        }
        return TextTable(
            header: (hasIDs ? ["event"] : [])
                + [title, "sound", "seconds", "score", "dBFS", originTitle]
                + (namesModels ? ["model"] : []) + (hasClips ? ["clip"] : []),
            rows: cells,
            rightAligned: hasIDs ? [0, 3, 4, 5] : [2, 3, 4],
            leastWidths: (hasIDs ? [5] : []) + [8, 18, 7, 5, 6],
            showsHeader: showsHeader
        ).text
    }

    /// The score, and behind a slash that of the second model that agreed.
    private static func scores(_ row: EventRow) -> String {
        number(row.peakScore, 2) + (row.secondScore.map { "/\(number($0, 2))" } ?? "")
    }

    private func csvLine(_ row: EventRow) -> String {
        CSVLine.text(
            [
                row.origin, row.className, row.label, row.start.map(UTCTimestamp.text) ?? "",
                Self.number(row.startSeconds, 3), Self.number(row.endSeconds, 3),
                Self.number(row.durationSeconds, 3), Self.number(row.peakScore, 4),
                Self.number(row.meanScore, 4), Self.number(row.levelDBFS, 1), row.model,
            ] + (showsClips ? [row.clip ?? ""] : [])
        )
    }

    private func audacityLine(_ row: EventRow) -> String {
        let end = row.endSeconds ?? row.startSeconds
        let times = "\(Self.number(row.startSeconds, 6))\t\(Self.number(end, 6))"
        let label = namesModels ? "\(row.label) (\(row.model))" : row.label
        return "\(times)\t\(Self.plain(label))\n"
    }

    private func ravenLine(_ row: EventRow, number: Int) -> String {
        let end = row.endSeconds ?? row.startSeconds
        return [
            String(number), "Spectrogram 1", "1",
            Self.number(recordingBegin + row.startSeconds, 6),
            Self.number(recordingBegin + end, 6), Self.number(frequencyRangeHz.lowerBound, 1),
            Self.number(frequencyRangeHz.upperBound, 1), Self.plain(Self.fileName(row.origin)),
            Self.plain(row.recordingPath ?? ""), Self.number(row.startSeconds, 6),
            Self.plain(row.className), Self.plain(row.label),
            Self.number(row.peakScore, 4), Self.number(row.meanScore, 4),
            Self.number(row.levelDBFS, 1), Self.plain(row.model),
        ].joined(separator: "\t") + "\n"
    }

    /// The last part of a path, which is what Raven looks for beside the table.
    private static func fileName(_ path: String) -> String {
        PathText.lastPart(of: path)
    }

    /// Text that fits into one cell: tabs and line ends, which would tear the line, become spaces.
    private static func plain(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }

    private static func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
}

/// The forms in which events are printed.
package enum EventFormat: String, CaseIterable, Sendable {
    /// A table for people.
    case text
    /// One JSON object a line.
    case json
    /// Comma-separated values with a header.
    case csv
    /// A label track for Audacity: begin, end and name, separated by tabs.
    case audacity
    /// A selection table for Raven.
    case raven
}

/// An event in the words that every format shares.
package struct EventRow: Equatable, Sendable {
    /// The event as JSON.
    package var json: JSONValue
    /// The number of the event in the history; nil in a recording.
    package var id: Int64?
    /// The name of the source, or the path of the file.
    package var origin: String
    /// The absolute path of the recording; nil for what a source heard live.
    package var recordingPath: String?
    /// The name of the class for programs.
    package var className: String
    /// The name of the class for people.
    package var label: String
    /// The onset in wall time; nil for a recording of unknown date.
    package var start: Date?
    /// The onset in seconds on the time axis of labels and selections.
    package var startSeconds: Double
    /// The offset in seconds on the same axis; nil while the sound goes on.
    package var endSeconds: Double?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The score of the second model that agreed, 0...1; nil if none was asked.
    package var secondScore: Double?
    /// The name of the model that detected it.
    package var model: String
    /// The event's clip, relative to the clip folder; nil if there is none.
    package var clip: String?

    /// The length in seconds; nil while the sound goes on.
    package var durationSeconds: Double? { endSeconds.map { $0 - startSeconds } }
}

extension EventRow {
    /// The row of a stored or live event; labels and selections count seconds from `axisOrigin`.
    package init(_ event: EventMessage, axisOrigin: Date) {
        self.init(
            json: event.json,
            id: event.id,
            origin: event.source,
            className: event.className,
            label: event.label,
            start: event.start,
            startSeconds: event.start.timeIntervalSince(axisOrigin),
            endSeconds: event.end?.timeIntervalSince(axisOrigin),
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            secondScore: event.secondScore,
            model: event.model,
            clip: event.clip
        )
    }

    /// The row of an event in a recording.
    package init(_ event: RecordingEventMessage) {
        self.init(
            json: event.json,
            origin: event.file,
            recordingPath: Self.absolute(event.file),
            className: event.className,
            label: event.label,
            start: event.start,
            startSeconds: event.startSeconds,
            endSeconds: event.endSeconds,
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            secondScore: event.secondScore,
            model: event.model
        )
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let tail = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(FileManager.default.currentDirectoryPath)/\(tail)"
    }
}
