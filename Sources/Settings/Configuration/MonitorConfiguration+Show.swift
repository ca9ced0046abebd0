extension MonitorConfiguration {
    /// A setting that is in force, as `config show` lists it.
    package struct ShownSetting: Equatable, Sendable {
        /// The dotted path of the key.
        package var key: String
        /// The value as it would stand in the file.
        package var value: String
        /// Where the value came from.
        package var origin: SettingOrigin
    }

    /// Every setting with its value and where it came from, the thresholds set by command last.
    package func shownSettings() -> [ShownSetting] {
        let configured = Self.settings.values(of: self).map {
            ShownSetting(key: $0.key, value: $0.text, origin: origin(of: $0.key))
        }
        let overridden = thresholds.byKey.sorted { $0.key < $1.key }.map {
            ShownSetting(key: $0.key, value: $0.value, origin: origin(of: $0.key))
        }
        return configured + overridden
    }

    /// What is different in `newer`, and whether a running service can obey without a restart.
    ///
    /// A key that only one of the two has is listed with the value `unset` on the other side.
    package func changes(to newer: MonitorConfiguration) -> [SettingChange] {
        let before = Self.settings.values(of: self)
        let after = Self.settings.values(of: newer)
        let old = Dictionary(before.map { ($0.key, $0.text) }) { first, _ in first }
        let new = Dictionary(after.map { ($0.key, $0.text) }) { first, _ in first }
        let removed = before.filter { new[$0.key] == nil }
        let configured: [SettingChange] = (after + removed).compactMap { setting in
            let (from, to) = (old[setting.key] ?? "unset", new[setting.key] ?? "unset")
            guard from != to else { return nil }
            return SettingChange(
                key: setting.key,
                from: from,
                to: to,
                appliesLive: setting.appliesLive
            )
        }
        return configured + changedThresholds(in: newer)
    }

    /// What of `overrides.yaml` is different in `newer`.
    private func changedThresholds(in newer: MonitorConfiguration) -> [SettingChange] {
        let (before, after) = (thresholds.byKey, newer.thresholds.byKey)
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            let (from, to) = (before[key], after[key])
            guard from != to else { return nil }
            return SettingChange(
                key: key,
                from: from ?? "unset",
                to: to ?? "unset",
                appliesLive: true
            )
        }
    }
}

/// One setting that a reloaded configuration changes.
package struct SettingChange: Equatable, Sendable, CustomStringConvertible {
    /// The dotted path of the key.
    package var key: String
    /// The value that was in force, as in the file.
    package var from: String
    /// The new value, as in the file.
    package var to: String
    /// Whether a running service applies it at once; else it needs a restart.
    package var appliesLive: Bool

    package var description: String {
        "\(key): \(from) -> \(to)\(appliesLive ? "" : " (needs a restart)")"
    }
}

/// Where a value that is in force came from.
package enum SettingOrigin: Equatable, Sendable, CustomStringConvertible {
    /// It is not set.
    case builtIn
    /// A line of the configuration, of a drop-in or of `overrides.yaml`.
    case file(DocumentPosition)
    /// An option of the command.
    case commandLine(option: String)
    /// An environment variable.
    case environment(variable: String)

    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let position): "\(position.file):\(position.line)"
        case .commandLine(let option): "command line (\(option))"
        case .environment(let variable): "environment ($\(variable))"
        }
    }
}
