package import MonitorMessages

extension MonitorControls {
    /// What the API may ask of a monitor and its settings.
    ///
    /// - Parameters:
    ///   - monitor: The monitor.
    ///   - settings: The configuration that it obeys.
    ///   - version: The program's version.
    package init(monitor: SoundMonitor, settings: SettingsInForce, version: String) {
        self.init(
            status: { await monitor.status(version: version) },
            thresholds: { (try? await settings.thresholds()) ?? [] },
            setThreshold: { try await settings.setThreshold($0, to: $1) },
            resetThreshold: { try await settings.resetThreshold($0) },
            reload: { try await settings.reload() },
            follow: { monitor.feed.follow() }
        )
    }
}
