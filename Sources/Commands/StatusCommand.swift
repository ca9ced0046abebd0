import ArgumentParser
import Foundation
import Messages
import MonitorClient
import Platform
import Settings

/// `earwitness status`: is it running, and what is every source doing.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows whether the service runs and what every source is doing now.",
        discussion: "Exit code 69 if the service is not running."
    )

    @OptionGroup var service: ServiceOptions
    @Option(help: "text or json.") var format = ReportFormat.text

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let status = try await client.status()
        switch format {
        case .json: try StandardOutput.writeLine(status.json.text)
        case .text: try StandardOutput.write(StatusText(status).text)
        }
    }
}

/// What `status` shows to people.
struct StatusText {
    private let status: StatusMessage

    /// Prepares the text of a status.
    init(_ status: StatusMessage) {
        self.status = status
    }

    /// A few lines on the service and some on every source.
    var text: String {
        var lines = [
            "earwitness \(status.version), up \(Self.duration(status.uptimeSeconds))"
        ]
        lines += status.models.map { model in
            "model      \(model.name) \(model.version), \(model.classCount) classes"
        }
        let checked = status.database.checked.map { date in
            let seconds = max(0, status.uptimeSeconds - date.timeIntervalSince(status.started))
            return ", integrity check passed \(Self.duration(seconds)) ago"
        }
        lines.append(
            "database   \(status.database.path), \(Self.size(status.database.sizeBytes))\(checked ?? "")"
        )
        if let fault = status.database.fault {
            lines.append("           FAULT: \(fault)")
        }
        let (waiting, spooled) = (status.database.waitingEvents, status.database.spooledEvents)
        if waiting + spooled > 0 {
            lines.append(
                "           \(spooled) event(s) in the spool and \(waiting) in memory wait to be written."
            )
        }
        lines.append("clips      \(clips)")
        lines += status.deliveries.map { "messages   \(Self.text(of: $0))" }
        if let mqtt = status.mqtt {
            let now = status.started.addingTimeInterval(status.uptimeSeconds)
            lines.append("mqtt       \(mqtt.line(now: now, duration: Self.duration))")
        }
        lines += status.warnings.map { "warning    \($0)" }
        for source in status.sources {
            lines.append("")
            lines += self.lines(of: source)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Which events get clips, and how many clips there are.
    private var clips: String {
        let clips = status.clips
        guard clips.keep != "none" || clips.count > 0 else { return "off" }
        let kept = "\(clips.count) (keep: \(clips.keep)), \(Self.size(clips.sizeBytes))"
        let waiting = clips.waiting > 0 ? ", \(clips.waiting) waiting to be written" : ""
        let dropped = clips.dropped > 0 ? ", \(clips.dropped) lost" : ""
        return "\(kept) of at most \(Self.size(clips.maxSizeBytes))\(waiting)\(dropped)"
    }

    private static func text(of delivery: DeliveryMessage) -> String {
        var parts = ["\(delivery.delivered) delivered"]
        if delivery.waiting > 0 { parts.append("\(delivery.waiting) waiting") }
        if delivery.givenUp > 0 { parts.append("\(delivery.givenUp) given up") }
        var text = "\(delivery.channel): \(parts.joined(separator: ", "))"
        if let error = delivery.lastError, let time = delivery.lastErrorTime,
            delivery.isFailing || delivery.givenUp > 0
        {
            text += "; last error \(LocalTime().minuteText(time)): \(error)"
        }
        return text
    }

    private func lines(of source: SourceStatusMessage) -> [String] {
        var lines = ["source     \(source.name): \(source.state.rawValue), \(source.device)"]
        if let reason = source.reason { lines.append("           \(reason)") }
        if let rate = source.sampleRateHz {
            let priority = source.isRealtime.map { $0 ? ", real-time" : ", no real-time priority" }
            lines.append(
                "  format   \(rate) Hz, \(source.channels ?? 1) channel(s)\(priority ?? "")"
            )
        }
        if status.models.count > 1 {
            lines.append("  models   \(source.models.joined(separator: ", "))")
        }
        if source.state == .listening || source.state == .gated {
            let level =
                LevelTable.audible(source.levelDBFS).map { String(format: "%.1f dBFS", $0) }
                ?? "silence"
            lines.append("  level    \(level), gate \(source.isGateOpen ? "open" : "closed")")
        }
        if let sound = source.soundLevel { lines += Self.lines(of: sound) }
        if !source.topScores.isEmpty {
            let scores = source.topScores.map(score)
            lines.append("  scores   \(scores.joined(separator: ", "))")
        }
        if source.hopStride > 1, let hop = source.hopSeconds {
            lines.append(
                String(format: "  hop      %.2f s, %d times", hop, source.hopStride)
                    + " the configured hop: the machine can't keep up"
            )
        }
        lines.append(
            "  lost     \(source.lostSamples) samples; \(source.overruns) overrun(s) of the device"
        )
        if source.windowsLeftOut > 0 {
            lines.append(
                "  left out \(source.windowsLeftOut) window(s) for lack of processor time"
            )
        }
        if source.listeners > 0 {
            lines.append("  live     \(source.listeners) listen to its sound now")
        }
        if let since = source.listeningSince {
            let local = LocalTime()
            lines.append("  since    \(local.text(since)) (\(local.zoneLabel(at: since)))")
        }
        if let drift = source.clockDriftPPM {
            lines.append(String(format: "  clock    %+.1f ppm", drift))
        }
        return lines
    }

    private static func lines(of sound: SoundLevelMessage) -> [String] {
        func text(_ name: String, _ level: Double?, _ unit: String) -> String {
            LevelTable.audible(level).map { String(format: "\(name) %.1f \(unit)", $0) }
                ?? "\(name) silence"
        }
        let unit = sound.unit.rawValue
        var now = [text("LAF", sound.laf, unit), text("LAS", sound.las, unit)]
        now.append(text("peak", sound.peakDBFS, "dBFS"))
        var lines = ["  sound    \(now.joined(separator: ", "))"]
        if let minute = sound.lastMinute {
            let levels = [
                text("LAeq", minute.laeq, unit), text("LAF10", minute.laf10, unit),
                text("LAF90", minute.laf90, unit), text("LAFmax", minute.lafMax, unit),
            ]
            lines.append("  minute   \(levels.joined(separator: ", "))")
        }
        return lines
    }

    /// A score, with its model where there are several.
    private func score(_ score: ScoreMessage) -> String {
        let model = status.models.count > 1 ? score.model.map { " (\($0))" } : nil
        return score.className + String(format: " %.2f", score.score) + (model ?? "")
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds)
        let (days, hours) = (whole / 86_400, whole / 3_600 % 24)
        let (minutes, rest) = (whole / 60 % 60, whole % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(rest) s" : "\(rest) s"
    }

    private static func size(_ bytes: Int64) -> String {
        String(format: "%.1f MB", Double(bytes) / 1e6)
    }
}
