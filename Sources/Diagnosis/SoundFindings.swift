import AudioCapture
import Messages

extension MonitorFacts {
    /// Whether what the devices deliver can be the world's sound, at the right rate.
    var soundFindings: [Finding] {
        sources.flatMap { source -> [Finding] in
            switch source.hearing {
            case .listened(let heard): heardFindings(source, heard)
            case .byService(let status): reportedFindings(source, status)
            case .notADevice, .notLookedAt, .refused: []
            }
        }
    }

    private func heardFindings(_ source: SourceFacts, _ heard: ListeningFacts) -> [Finding] {
        guard heard.sampleCount > 0 else {
            return [
                .fault(
                    .sound,
                    "'\(source.name)' is open and delivers nothing.",
                    advice: "Unplug it and plug it in again, or restart its sound server.",
                    exitCode: SystemExit.inputOutput
                )
            ]
        }
        let rate = rateFinding(source, heard)
        let sound = signalFinding(source, heard)
        let level = heard.signal.levelDBFS.map { "\(decibels($0)) dBFS" } ?? "digital silence"
        return [
            rate ?? .ok(.rate, "'\(source.name)' keeps its rate.", value: "\(heard.rateHz) Hz"),
            sound ?? .ok(.sound, "'\(source.name)' hears.", value: level),
        ]
    }

    private func rateFinding(_ source: SourceFacts, _ heard: ListeningFacts) -> Finding? {
        if let measured = heard.measuredRateHz,
            abs(measured / Double(heard.rateHz) - 1) > Self.rateTolerance
        {
            return .fault(
                .rate,
                "'\(source.name)' delivers at another rate than it says.",
                value: "\(Int(measured)) samples a second at \(heard.rateHz) Hz",
                advice: "Set sources[].sample_rate to a rate that 'earwitness devices' lists.",
                exitCode: SystemExit.inputOutput
            )
        }
        guard let wanted = source.configuredRateHz, wanted != heard.rateHz else { return nil }
        return otherRate(source, wanted: wanted, given: heard.rateHz)
    }

    private func signalFinding(_ source: SourceFacts, _ heard: ListeningFacts) -> Finding? {
        let signal = heard.signal
        let isConstant = signal.fault == .digitalZeros || signal.fault == .stuck
        if isConstant {
            return .fault(
                .sound,
                signal.fault == .stuck
                    ? "'\(source.name)' is stuck: every sample has the same value."
                    : "'\(source.name)' delivers silence: every sample is zero.",
                value: "\(heard.sampleCount) samples",
                advice: "Check that the microphone is connected and not muted "
                    + "('alsamixer', F4 for capture).",
                exitCode: SystemExit.inputOutput
            )
        }
        if signal.fault == .clipping {
            return .fault(
                .sound,
                "'\(source.name)' clips: samples are at full scale.",
                value: "\(percent(signal.clippedShare)) of them",
                advice: "Lower the input's gain ('alsamixer', F4 for capture).",
                exitCode: SystemExit.inputOutput
            )
        }
        if signal.fault == .offset {
            return .fault(
                .sound,
                "'\(source.name)' has a large DC offset.",
                value: "mean \(percent(signal.offset)) of full scale",
                advice: "Check the microphone and that the input is meant for one.",
                exitCode: SystemExit.inputOutput
            )
        }
        if signal.clippedShare > Self.clippedShare {
            return .warning(
                .sound,
                "'\(source.name)' clips now and then.",
                value: "\(percent(signal.clippedShare)) of the samples are at full scale",
                advice: "Lower the input's gain ('alsamixer', F4 for capture).",
                exitCode: SystemExit.inputOutput
            )
        }
        if let level = signal.levelDBFS, level < Self.quietDBFS {
            return .warning(
                .sound,
                "'\(source.name)' is very quiet.",
                value: "\(decibels(level)) dBFS",
                advice: "Clap: if that changes nothing, raise the input's gain "
                    + "('alsamixer', F4 for capture).",
                exitCode: SystemExit.inputOutput
            )
        }
        return nil
    }

    private func reportedFindings(
        _ source: SourceFacts,
        _ status: SourceStatusMessage
    ) -> [Finding] {
        var findings: [Finding] = []
        if status.state == .fault {
            findings.append(
                .fault(
                    .sound,
                    "The service hears that '\(source.name)' does not.",
                    value: status.reason ?? "no reason given",
                    advice: "Fix the cause; the fault clears by itself.",
                    exitCode: SystemExit.inputOutput
                )
            )
        }
        if let wanted = source.configuredRateHz, let given = status.sampleRateHz, wanted != given {
            findings.append(otherRate(source, wanted: wanted, given: given))
        }
        if let drift = status.clockDriftPPM, abs(drift) > Self.driftLimitPPM {
            findings.append(
                .warning(
                    .rate,
                    "The clock of '\(source.name)' is far off.",
                    value: "\(Int(drift)) ppm",
                    advice: "It is corrected; another sound card would be better.",
                    exitCode: SystemExit.inputOutput
                )
            )
        }
        findings += countFindings(source, status)
        if findings.isEmpty, status.state != .absent {
            let level = status.levelDBFS.map { "\(decibels($0)) dBFS" } ?? "digital silence"
            findings.append(.ok(.sound, "The service hears '\(source.name)'.", value: level))
        }
        return findings
    }

    /// What has been clipped and lost since the service started.
    private func countFindings(
        _ source: SourceFacts,
        _ status: SourceStatusMessage
    ) -> [Finding] {
        guard case .running(let service) = service, let rate = status.sampleRateHz else {
            return []
        }
        let heard = max(1, service.uptimeSeconds * Double(rate))
        var findings: [Finding] = []
        if Double(status.clippedSamples) / heard > Self.reportedClippedShare {
            findings.append(
                .warning(
                    .sound,
                    "'\(source.name)' has clipped since the service started.",
                    value: "\(status.clippedSamples) samples",
                    advice: "Lower the input's gain ('alsamixer', F4 for capture).",
                    exitCode: SystemExit.inputOutput
                )
            )
        }
        if status.lostSamples > 0 {
            findings.append(
                .warning(
                    .sound,
                    "Samples of '\(source.name)' were lost since the service started.",
                    value:
                        "\(status.lostSamples) samples; \(status.overruns) overrun(s) of the device",
                    advice:
                        "See what else the machine does; 'earwitness bench' tells what it manages.",
                    exitCode: SystemExit.inputOutput
                )
            )
        }
        if status.windowsLeftOut > 0 {
            findings.append(
                .warning(
                    .sound,
                    "Windows of '\(source.name)' were left out since the service started.",
                    value: "\(status.windowsLeftOut) windows for lack of processor time",
                    advice: "Use fewer models or a longer detection.hop_s; "
                        + "'earwitness bench' shows what this machine manages.",
                    exitCode: SystemExit.inputOutput
                )
            )
        }
        return findings
    }

    private func otherRate(_ source: SourceFacts, wanted: Int, given: Int) -> Finding {
        .warning(
            .rate,
            "'\(source.name)' has another rate than the configuration asks for.",
            value: "\(given) Hz, asked for \(wanted) Hz",
            advice:
                "It works. 'earwitness devices' lists the rates of the device; set one of them, or none.",
            exitCode: SystemExit.configuration
        )
    }

    private func decibels(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private func percent(_ share: Double) -> String {
        "\(decibels(share * 100)) %"
    }

    /// How far the rate that is measured in a moment may be off.
    private static let rateTolerance = 0.05
    /// The part of the samples at full scale from which on a moment is worth a warning.
    private static let clippedShare = 0.001
    /// The same over days.
    private static let reportedClippedShare = 0.0001
    /// A level that no microphone of a quiet room has.
    private static let quietDBFS = -85.0
    /// A good card is within 100.
    private static let driftLimitPPM = 1_000.0
}
