import Foundation

/// What systemd says of the unit `earwitness.service`.
package struct UnitFacts: Equatable, Sendable {
    /// Whether the unit is known: `loaded`, `not-found`, `masked`.
    package var loadState: String
    /// Whether it runs: `active`, `inactive`, `failed`, `activating`.
    package var activeState: String
    /// The same in detail, such as `running` or `auto-restart`.
    package var subState: String
    /// Whether it is started at boot: `enabled`, `disabled`, `static`.
    package var fileState: String
    /// How often systemd has restarted it since it was started.
    package var restartCount: Int
    /// How its last run ended: `success`, `exit-code`, `signal`, `watchdog`.
    package var result: String

    /// The names of the properties that are asked for.
    package static let properties = [
        "LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result",
    ]

    /// Reads what `systemctl show --property=…` prints; nil if it prints no unit.
    package init?(properties text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let loadState = values["LoadState"] else { return nil }
        self.loadState = loadState
        activeState = values["ActiveState"] ?? ""
        subState = values["SubState"] ?? ""
        fileState = values["UnitFileState"] ?? ""
        restartCount = Int(values["NRestarts"] ?? "") ?? 0
        result = values["Result"] ?? ""
    }

    /// Asks systemd; nil where it does not run this machine.
    package static func read(unit: String = "earwitness.service") -> UnitFacts? {
        guard FileManager.default.fileExists(atPath: "/run/systemd/system") else { return nil }
        let properties = properties.joined(separator: ",")
        // A bus that hangs must not hang whoever asks.
        return CommandOutput("timeout 5 systemctl show --property=\(properties) \(unit)")
            .flatMap { UnitFacts(properties: $0.text) }
    }
}
