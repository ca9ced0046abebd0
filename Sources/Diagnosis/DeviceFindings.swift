import AudioCapture
import Messages

extension MonitorFacts {
    /// Whether every device that is configured can be listened to.
    var deviceFindings: [Finding] {
        let refusals = sources.compactMap(refusal)
        let permission = permissionFinding.map { [$0] } ?? []
        guard refusals.isEmpty, permission.isEmpty else { return permission + refusals }
        return sources.compactMap { source -> Finding? in
            switch source.hearing {
            case .byService(let status) where status.state == .absent: nil
            case .byService:
                .ok(.device, "The service listens to '\(source.name)'.", value: source.device)
            case .listened: .ok(.device, "'\(source.name)' can be opened.", value: source.device)
            case .notADevice:
                .ok(.device, "'\(source.name)' needs no device.", value: source.device)
            case .notLookedAt, .refused: nil
            }
        }
    }

    private var permissionFinding: Finding? {
        guard !forbiddenDevices.isEmpty, isAnyDeviceUnheard else { return nil }
        return .fault(
            .device,
            "This user has no access to the sound devices.",
            value: forbiddenDevices.joined(separator: ", "),
            advice:
                "Join the group audio ('adduser USER audio') and log in again, or run this as root.",
            exitCode: SystemExit.notPermitted
        )
    }

    private var isAnyDeviceUnheard: Bool {
        sources.contains { source in
            if case .refused = source.hearing { return true }
            return false
        }
    }

    private func refusal(of source: SourceFacts) -> Finding? {
        switch source.hearing {
        case .byService(let status) where status.state == .absent:
            return .fault(
                .device,
                "The service is waiting for the device of '\(source.name)'.",
                value: status.reason ?? source.device,
                advice: "Fix the cause above, or plug it in; the service retries within 30 s. "
                    + "'earwitness devices' lists the devices.",
                exitCode: SystemExit.noInput
            )
        case .refused(let error, let holders):
            return refusal(of: source, error, holders)
        case .notADevice, .byService, .notLookedAt, .listened:
            return nil
        }
    }

    private func refusal(
        of source: SourceFacts,
        _ error: CaptureError,
        _ holders: [DeviceHolder]
    ) -> Finding? {
        let subject = "'\(source.name)' (\(source.device))"
        switch error {
        case .permissionDenied:
            // Said once for all devices.
            guard forbiddenDevices.isEmpty else { return nil }
            return .fault(
                .device,
                "Not permitted to open \(subject).",
                advice:
                    "Join the group audio ('adduser USER audio') and log in again, or run this as root.",
                exitCode: SystemExit.notPermitted
            )
        case .deviceBusy:
            let names = holders.map(\.description).joined(separator: ", ")
            return .fault(
                .device,
                "Another program uses \(subject).",
                value: names.isEmpty ? "unknown program; run this as root to see it" : names,
                advice: holders.first.map {
                    "Stop it ('kill \($0.processID)'), or use a shared device such as 'default'."
                } ?? "Run this as root to see which.",
                exitCode: SystemExit.inputOutput
            )
        case .noSuchDevice where captureDeviceCount == 0 && forbiddenDevices.isEmpty:
            return .fault(
                .device,
                "No capture device on this machine for \(subject).",
                advice: "Plug in a microphone; 'earwitness devices' lists it then. "
                    + "To try without one: 'earwitness run --source demo'.",
                exitCode: SystemExit.noInput
            )
        case .noSuchDevice:
            return .fault(
                .device,
                "There is no device \(subject).",
                value: "\(captureDeviceCount) other(s) found",
                advice: "'earwitness devices' lists them; set sources[].device to one.",
                exitCode: SystemExit.noInput
            )
        case .noSuchChannel(_, let channel, let available):
            return .fault(
                .device,
                "\(subject) has no channel \(channel).",
                value: "\(available) channel(s)",
                advice: available > 1
                    ? "Set sources[].channel to a number from 1 to \(available), or to mix."
                    : "Leave sources[].channel out.",
                exitCode: SystemExit.configuration
            )
        case .cannotStart, .programEnded, .programStalls:
            return .fault(
                .device,
                "The program of '\(source.name)' gives no sound.",
                value: error.description,
                advice: "Try it in a terminal, as the service's user: "
                    + "'sudo -u earwitness \(source.device) | head -c 1000 | wc -c'.",
                exitCode: SystemExit.inputOutput
            )
        default:
            return .fault(
                .device,
                "Cannot listen to \(subject).",
                value: error.description,
                advice: "Try 'default' or a name that 'earwitness devices' lists.",
                exitCode: SystemExit.inputOutput
            )
        }
    }
}
