package import Detection

/// What can be changed on a source while it is listened to.
package struct AnalysisSettings: Equatable, Sendable {
    /// When it is quiet enough for the network to rest.
    package var gate: GateSettings
    /// When scores become events.
    package var detection: DetectionSettings

    /// Joins the two.
    package init(gate: GateSettings, detection: DetectionSettings) {
        self.gate = gate
        self.detection = detection
    }
}
