import Messages

extension MonitorFacts {
    var serviceFindings: [Finding] {
        switch service {
        case .running(let status):
            return [runs(status)] + storeFindings(status)
                + status.warnings.map { warning in
                    .warning(
                        .service,
                        "The service asks for a look.",
                        value: warning,
                        advice: "See 'earwitness status' and its log.",
                        exitCode: SystemExit.inputOutput
                    )
                }
        case .notRunning(let path):
            return [
                .fault(
                    .service,
                    "The service does not run.",
                    value: "nobody answers at \(path)",
                    advice: unit?.loadState == "loaded"
                        ? "Start it: 'systemctl start earwitness'. "
                            + "Why it ended: 'journalctl -u earwitness -n 50'."
                        : "Install it, or run it here: 'earwitness run'.",
                    exitCode: SystemExit.unavailable
                )
            ]
        case .notPermitted(let path):
            return [
                .fault(
                    .service,
                    "The service runs, and this user may not ask it.",
                    value: path,
                    advice: "Run this as root, or join the socket's group: "
                        + "'adduser USER earwitness', and log in again.",
                    exitCode: SystemExit.notPermitted
                )
            ]
        case .failing(let reason):
            return [
                .fault(
                    .service,
                    "The service does not answer as it should.",
                    value: reason,
                    advice: "Restart it: 'systemctl restart earwitness'.",
                    exitCode: SystemExit.unavailable
                )
            ]
        }
    }

    var unitFindings: [Finding] {
        guard let unit else { return [] }
        guard unit.loadState == "loaded" else {
            return [
                .warning(
                    .unit,
                    unit.loadState == "masked"
                        ? "The unit is masked: systemd may not start it."
                        : "systemd knows no unit of Earwitness.",
                    value: unit.loadState,
                    advice: unit.loadState == "masked"
                        ? "Unmask it: 'systemctl unmask earwitness'."
                        : "Install the package, or 'make install', and 'systemctl daemon-reload'.",
                    exitCode: SystemExit.unavailable
                )
            ]
        }
        let findings = [restarts(of: unit), enabling(of: unit)].compactMap(\.self)
        return findings.isEmpty
            ? [.ok(.unit, "The unit is enabled.", value: "\(unit.activeState), \(unit.subState)")]
            : findings
    }

    private func runs(_ status: StatusMessage) -> Finding {
        .ok(
            .service,
            "The service runs.",
            value: "\(status.version), for \(Int(status.uptimeSeconds)) s"
        )
    }

    private func storeFindings(_ status: StatusMessage) -> [Finding] {
        guard let fault = status.database.fault else { return [] }
        return [
            .fault(
                .database,
                "The service cannot write the history.",
                value: "\(fault) \(status.database.waitingEvents) wait in memory.",
                advice: "Mend what it says; what waits is written then.",
                exitCode: SystemExit.inputOutput
            )
        ]
    }

    private func restarts(of unit: UnitFacts) -> Finding? {
        let log = "See why: 'journalctl -u earwitness -n 50'."
        if unit.subState == "auto-restart" || unit.activeState == "failed" {
            return .fault(
                .unit,
                unit.activeState == "failed"
                    ? "The service has failed." : "The service fails, and systemd restarts it.",
                value: "\(unit.restartCount) restart(s), last result '\(unit.result)'",
                advice: log,
                exitCode: SystemExit.unavailable
            )
        }
        guard unit.restartCount > 0 else { return nil }
        return .warning(
            .unit,
            "systemd had to restart the service.",
            value: "\(unit.restartCount) time(s)",
            advice: log,
            exitCode: SystemExit.unavailable
        )
    }

    private func enabling(of unit: UnitFacts) -> Finding? {
        guard !unit.fileState.hasPrefix("enabled") else { return nil }
        return .warning(
            .unit,
            "The service is not started at boot.",
            value: unit.fileState.isEmpty ? "not enabled" : unit.fileState,
            advice: "Enable it: 'systemctl enable earwitness'.",
            exitCode: SystemExit.unavailable
        )
    }
}
