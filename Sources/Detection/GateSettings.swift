/// When the silence gate opens and closes.
///
/// The section `gate` of the configuration.
package struct GateSettings: Equatable, Sendable {
    /// The level at which the gate opens, RMS in dBFS, -120...0.
    package var openDBFS: Float = -55
    /// The level under which the gate closes again, RMS in dBFS, at most `openDBFS`.
    package var closeDBFS: Float = -60
    /// How long the level must stay under `closeDBFS` before the gate closes, in seconds.
    package var holdSeconds: Double = 1
    /// How far above the tracked noise floor the level must rise to open, in dB; nil: no tracking.
    package var floorMarginDB: Float?
    /// The least and the greatest noise floor that is believed, in dBFS.
    ///
    /// A room quieter than the least does not make the gate more eager; a place louder than the
    /// greatest does not hide what is heard above it.
    package var floorLimitsDBFS: ClosedRange<Float> = -90 ... -30

    /// Creates the default settings.
    package init() {}

    /// The settings of a gate that only digital silence closes.
    package static let open: GateSettings = {
        var settings = GateSettings()
        settings.openDBFS = -120
        settings.closeDBFS = -120
        return settings
    }()
}
