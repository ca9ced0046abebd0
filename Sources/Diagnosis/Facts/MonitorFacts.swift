package import EventStore
package import Platform

/// What is known of a monitor at one moment: all that its diagnosis follows from.
package struct MonitorFacts: Sendable {
    /// The configuration file that is in force.
    package var configuration = ConfigurationFacts()
    /// What the service answers.
    package var service = ServiceAnswer.notRunning(socketPath: "")
    /// What systemd says of the unit; nil where there is no systemd.
    package var unit: UnitFacts?
    /// Every configured source.
    package var sources: [SourceFacts] = []
    /// The number of capture devices that exist.
    package var captureDeviceCount = 0
    /// Files of capture devices that this user may not open.
    package var forbiddenDevices: [String] = []
    /// Every model that is configured.
    package var models: [ModelFacts] = []
    /// What the program wrote, found damaged and set aside, and what is still there of it.
    package var setAside: [String] = []
    /// Where the history is.
    package var databasePath = ""
    /// Why the history cannot be read; nil if it can.
    package var databaseError: StoreError?
    /// The file system that the state is on; nil if it cannot be asked.
    package var disk: FreeRoom?
    /// Whether a time service keeps the clock right; nil if it cannot be asked.
    package var isClockSynchronized: Bool?

    /// Facts of which nothing is known yet.
    package init() {}
}
