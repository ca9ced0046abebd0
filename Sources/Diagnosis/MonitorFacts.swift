package import AudioCapture
package import EventStore
package import Messages
package import ModelLibrary
package import Platform

/// What is known of a monitor at one moment: all that its diagnosis follows from.
package struct MonitorFacts: Sendable {
    /// The configuration file that is in force.
    package var configuration = ConfigurationFacts()
    /// What the service answers.
    package var service = ServiceAnswer.notRunning(socketPath: "")
    /// systemd's state of the unit; nil without systemd.
    package var unit: UnitFacts?
    /// Every configured source.
    package var sources: [SourceFacts] = []
    /// The number of capture devices that exist.
    package var captureDeviceCount = 0
    /// Files of capture devices that this user may not open.
    package var forbiddenDevices: [String] = []
    /// Every model that is configured.
    package var models: [ModelFacts] = []
    /// Files of the program that were found damaged, moved aside, and are still there.
    package var setAside: [String] = []
    /// Where the history is.
    package var databasePath = ""
    /// Why the history cannot be read; nil if it can.
    package var databaseError: StoreError?
    /// The file system that the state is on; nil if it cannot be asked.
    package var disk: FreeRoom?
    /// Whether the clock is synchronised; nil if unknown.
    package var isClockSynchronized: Bool?

    /// Creates empty facts.
    package init() {}
}

/// What is known of a configured source.
package struct SourceFacts: Sendable {
    /// How it was looked at.
    package enum Hearing: Sendable {
        /// It is a recording or the demo: there is nothing to look at.
        case notADevice
        /// The service listens to it and says this.
        case byService(SourceStatusMessage)
        /// It was not examined: not wanted, or the service runs with another configuration.
        case notLookedAt
        /// It was listened to for a moment.
        case listened(ListeningFacts)
        /// It cannot be opened; `holders` are the processes that use it.
        case refused(CaptureError, holders: [DeviceHolder])
    }

    /// Its name.
    package var name: String
    /// Its device, as configured.
    package var device: String
    /// The rate that is configured, in Hz; nil: the device's own choice.
    package var configuredRateHz: Int?
    /// How it was looked at.
    package var hearing: Hearing

    /// Creates the facts.
    package init(
        name: String,
        device: String,
        configuredRateHz: Int? = nil,
        hearing: Hearing
    ) {
        self.name = name
        self.device = device
        self.configuredRateHz = configuredRateHz
        self.hearing = hearing
    }
}

/// What is known of the configuration.
package struct ConfigurationFacts: Equatable, Sendable {
    /// Its path.
    package var path: String
    /// Whether the file is there; it need not be.
    package var isThere: Bool
    /// What is wrong with it, a line each.
    package var problems: [String]
    /// What of it, or of the thresholds set by command, has no effect, a line each.
    package var remarks: [String]

    /// Creates the facts.
    package init(
        path: String = "",
        isThere: Bool = true,
        problems: [String] = [],
        remarks: [String] = []
    ) {
        self.path = path
        self.isThere = isThere
        self.problems = problems
        self.remarks = remarks
    }
}

/// What is known of the model.
package enum ModelFacts: Sendable {
    /// It can be loaded, and its files belong together; `fault` is what is wrong with the scores
    /// that it gives for test sounds.
    case usable(name: String, version: String, digest: String, fault: String? = nil)
    /// It cannot be used.
    case unusable(ModelFolderError)
}

/// What the service answers when it is asked how it is.
package enum ServiceAnswer: Sendable {
    /// It runs.
    case running(StatusMessage)
    /// Nobody answers.
    case notRunning(socketPath: String)
    /// It runs, and this user may not ask it.
    case notPermitted(socketPath: String)
    /// It runs but does not answer correctly.
    case failing(reason: String)
}
