import AudioCapture
import Diagnosis
import EventStore
import Foundation
@preconcurrency import Glibc
import Messages
import ModelLibrary
import Monitor
import MonitorClient
import Platform
import Settings

/// Gathers the facts that a diagnosis is drawn from: asks the service, the devices, the disk and systemd.
struct FactFinder {
    let service: ServiceOptions
    /// Whether to listen briefly to each configured device if the service does not run.
    let listens: Bool
    /// Whether the history is opened, which searches it for damage.
    var searchesForDamage = true

    /// Everything that can be known now; takes two seconds for each device that is listened to.
    func facts() async -> MonitorFacts {
        let location = service.location
        var facts = MonitorFacts()
        let configuration = configuration(into: &facts)
        facts.service = await answer(at: location.clientSocketPaths)
        facts.unit = UnitFacts.read()
        facts.captureDeviceCount = Self.captureDeviceCount
        facts.forbiddenDevices = Self.permissions.forbidden()
        let models = configuration?.modelsInUse ?? [MonitorConfiguration().model]
        facts.models = models.map(model)
        if let configuration, let rules = service.rulesOfModels(of: configuration) {
            facts.configuration.remarks += configuration.settingsWithoutEffect(in: rules)
            let models = (try? service.loadInstalledModels(configuration.modelsInUse))?.models
            facts.configuration.remarks += service.learntRemarks(for: models ?? [])
        }
        let state = stateFolder(facts.service, location)
        facts.databasePath = "\(state)/events.sqlite"
        if searchesForDamage { facts.databaseError = Self.databaseError(facts.databasePath) }
        facts.disk = FreeRoom.read(state)
        facts.setAside = StateFile.setAside(inFolder: state)
        facts.isClockSynchronized = ClockState.isSynchronized()
        // Last, because what was opened above may have to be closed first.
        facts.sources = (configuration?.sources ?? []).map { source in
            SourceFacts(
                name: source.name,
                device: source.input.description,
                configuredRateHz: source.sampleRateHz,
                hearing: hearing(of: source, facts)
            )
        }
        return facts
    }

    private func configuration(into facts: inout MonitorFacts) -> MonitorConfiguration? {
        let path = service.location.configuration.path
        facts.configuration = ConfigurationFacts(
            path: path,
            isThere: FileManager.default.fileExists(atPath: path)
        )
        do {
            let configuration = try MonitorConfiguration.load(at: service.location)
            facts.configuration.remarks = configuration.overridesRemarks
            return configuration
        } catch {
            facts.configuration.problems = "\(error)".split(separator: "\n").map(String.init)
            return nil
        }
    }

    private func answer(at paths: [String]) async -> ServiceAnswer {
        do throws(ClientError) {
            return .running(try await MonitorClient.firstAnswering(at: paths).status())
        } catch {
            switch error {
            case .notRunning(let path): return .notRunning(socketPath: path)
            case .notPermitted(let path): return .notPermitted(socketPath: path)
            default: return .failing(reason: error.description)
            }
        }
    }

    /// The service's own state where it runs, else the one that a command here would use.
    private func stateFolder(_ answer: ServiceAnswer, _ location: StateLocation) -> String {
        guard case .running(let status) = answer else { return location.stateDirectory }
        return (status.database.path as NSString).deletingLastPathComponent
    }

    private func model(_ name: String) -> ModelFacts {
        do {
            let model = try SoundModel.load(folder: service.models.folder(of: name))
            return .usable(
                name: model.name,
                version: model.version,
                digest: model.digest.description,
                fault: model.trialFault
            )
        } catch {
            return .unusable(error)
        }
    }

    private func hearing(of source: SourceSettings, _ facts: MonitorFacts) -> SourceFacts.Hearing {
        guard let settings = source.captureSettings(modelRateHz: Self.modelRateHz) else {
            return .notADevice
        }
        if case .running(let status) = facts.service {
            let device = source.input.description
            let known = status.sources.first { $0.name == source.name && $0.device == device }
            return known.map { .byService($0) } ?? .notLookedAt
        }
        guard listens else { return .notLookedAt }
        do throws(CaptureError) {
            return .listened(try ShortListen.facts(settings))
        } catch {
            var holders: [DeviceHolder] = []
            if case .deviceBusy = error { holders = DeviceHolder.all() }
            return .refused(error, holders: holders)
        }
    }

    private static func databaseError(_ path: String) -> StoreError? {
        do throws(StoreError) {
            // Opening for reading searches the file for damage.
            try EventStore.openReadOnly(path: path).close()
            return nil
        } catch {
            return error
        }
    }

    /// The devices that are there, be they in use or forbidden.
    private static var captureDeviceCount: Int {
        let devices = (try? CaptureDeviceCatalog.list()) ?? []
        return devices.filter { device in
            switch device.availability {
            case .available, .unavailable(.deviceBusy), .unavailable(.permissionDenied): true
            case .unavailable: false
            }
        }.count
    }

    /// The rate that models usually want, in Hz; a device is asked for it if nothing else is said.
    private static let modelRateHz = 16_000

    /// Who this process is, for the rights on devices.
    private static var permissions: DevicePermissions {
        var groups = [gid_t](repeating: 0, count: 256)
        let count = getgroups(Int32(groups.count), &groups)
        return DevicePermissions(
            userID: geteuid(),
            groupIDs: Set(groups.prefix(Int(max(0, count))) + [getegid()])
        )
    }
}
