import Messages

extension MonitorControls {
    /// What the API may ask of a monitor and its settings.
    ///
    /// - Parameters:
    ///   - monitor: The monitor.
    ///   - settings: The configuration that it obeys.
    package init(monitor: SoundMonitor, settings: SettingsInForce) {
        self.init(
            status: {
                var status = await monitor.status()
                status.warnings += await settings.remarks
                let waiting = await settings.keysAwaitingRestart
                if !waiting.isEmpty {
                    status.warnings.append(
                        "Changed, and in force after a restart: \(waiting.joined(separator: ", "))."
                    )
                }
                return status
            },
            thresholds: { try await settings.thresholds() },
            setThreshold: { try await settings.setThreshold($0, of: $1, to: $2) },
            resetThreshold: { try await settings.resetThreshold($0, of: $1) },
            reload: { try await settings.reload() },
            follow: { monitor.feed.follow() },
            settle: { await monitor.recorder.settle() }
        )
    }
}
