import Messages
import ModelLibrary

extension MonitorFacts {
    var serviceFindings: [Finding] {
        switch service {
        case .running(let status):
            return [runs(status)] + storeFindings(status)
                + status.warnings.map { warning in
                    .warning(
                        .service,
                        "The service has a warning.",
                        value: warning,
                        advice: "See 'earwitness status' and the service's log.",
                        exitCode: SystemExit.inputOutput
                    )
                }
        case .notRunning(let path):
            return [
                .fault(
                    .service,
                    "The service is not running.",
                    value: "nothing answers at \(path)",
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
                    "The service runs, but this user has no access to its socket.",
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
                    "The service does not answer correctly.",
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
                        : "No systemd unit for Earwitness is installed.",
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
                advice: "Fix the cause; waiting events are then written.",
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
                    ? "The service has failed."
                    : "The service keeps failing and systemd restarts it.",
                value: "\(unit.restartCount) restart(s), last result '\(unit.result)'",
                advice: log,
                exitCode: SystemExit.unavailable
            )
        }
        guard unit.restartCount > 0 else { return nil }
        return .warning(
            .unit,
            "systemd restarted the service.",
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

extension MonitorFacts {
    var configurationFindings: [Finding] {
        guard configuration.problems.isEmpty else {
            return configuration.problems.map { problem in
                .fault(
                    .configuration,
                    "The configuration cannot be used.",
                    value: problem,
                    advice: "Correct it, then run 'earwitness config check'.",
                    exitCode: SystemExit.configuration
                )
            }
        }
        let remarks = configuration.remarks.map { remark in
            Finding.warning(
                .configuration,
                "A setting has no effect.",
                value: remark,
                advice: "Correct or remove it. The service keeps listening.",
                exitCode: SystemExit.configuration
            )
        }
        return [
            configuration.isThere
                ? .ok(.configuration, "The configuration is valid.", value: configuration.path)
                : .ok(
                    .configuration,
                    "There is no configuration; defaults apply.",
                    value: configuration.path
                )
        ] + remarks
    }
}

extension MonitorFacts {
    var modelFindings: [Finding] { models.map(\.finding) }
}

extension ModelFacts {
    fileprivate var finding: Finding {
        switch self {
        case .usable(let name, _, _, let fault?):
            .fault(
                .model,
                "The model '\(name)' gives invalid scores.",
                value: fault,
                advice: "Export the network again, or use another model.",
                exitCode: SystemExit.badData
            )
        case .usable(let name, let version, let digest, nil):
            .ok(
                .model,
                "The model '\(name)' can be used.",
                value: "version \(version), SHA-256 \(digest.prefix(12))…"
            )
        case .unusable(let error):
            switch error {
            case .unknownModel, .unreadable:
                .fault(
                    .model,
                    "The model is missing.",
                    value: error.description,
                    advice: "'earwitness models' lists what is installed; set 'model' to one.",
                    exitCode: SystemExit.noInput
                )
            case .invalidScore:
                .fault(
                    .model,
                    "The model gives scores outside 0 to 1.",
                    value: error.description,
                    advice: "Change model.yaml as described.",
                    exitCode: SystemExit.badData
                )
            case .invalidDescription, .unusableNetwork, .mismatch:
                .fault(
                    .model,
                    "The model's files do not match, or are damaged.",
                    value: error.description,
                    advice: "Copy the model again, or install the package again.",
                    exitCode: SystemExit.badData
                )
            }
        }
    }
}
