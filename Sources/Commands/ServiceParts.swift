import CSystemd
import Dispatch
import Foundation
import Logging
import Messages
import MonitorServer
import ServiceLifecycle
import Settings
import UnixSignals

/// Notifies systemd's watchdog as long as the service works.
///
/// The beat comes through the recorder, so that a recorder or a status that hangs ends it and
/// systemd starts the service anew.
struct Heartbeat: Service {
    /// Asks the monitor what it is doing.
    let status: @Sendable () async -> StatusMessage

    func run() async throws {
        ServiceNotifier.ready(status: Self.line(await status()))
        let interval = ServiceNotifier.watchdogInterval ?? .seconds(10)
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: interval)
                ServiceNotifier.watchdog(status: Self.line(await status()))
            }
        }
        ServiceNotifier.stopping()
    }

    private static func line(_ status: StatusMessage) -> String {
        status.sources.map { "\($0.name): \($0.state.rawValue)" }.joined(separator: ", ")
    }
}

/// Notifies systemd of the service's state; without systemd nothing happens.
enum ServiceNotifier {
    /// The service listens and answers.
    static func ready(status: String) {
        notify("READY=1\nSTATUS=\(status)")
    }

    /// The configuration is being read again; followed by ``ready(status:)``.
    static func reloading() {
        let microseconds = DispatchTime.now().uptimeNanoseconds / 1_000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service ends, as it was asked to.
    static func stopping() {
        notify("STOPPING=1\nSTATUS=Writing open events.")
    }

    /// The service is alive.
    static func watchdog(status: String) {
        notify("WATCHDOG=1\nSTATUS=\(status)")
    }

    /// The watchdog interval: half of systemd's limit; nil without a watchdog.
    static var watchdogInterval: Duration? {
        var limit: UInt64 = 0
        guard sd_watchdog_enabled(0, &limit) > 0 else { return nil }
        return .microseconds(Int64(limit / 2))
    }

    private static func notify(_ state: String) {
        sd_notify(0, state)
    }
}

/// Reads the configuration again on SIGHUP, as `systemctl reload` asks.
struct ReloadOnHangup: Service {
    /// Reads it; throws if it is invalid, and leaves the old one in force.
    let reload: @Sendable () async throws -> ReloadMessage
    let log: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            ServiceNotifier.reloading()
            do {
                let result = try await reload()
                log.notice("\(Self.line(result))")
            } catch {
                let failure =
                    CommandFailure(describing: error) ?? CommandFailure(unexpected: error)
                log.error("The configuration was not reloaded. \(failure)")
            }
            ServiceNotifier.ready(status: "Configuration reloaded.")
        }
    }

    private static func line(_ result: ReloadMessage) -> String {
        let applied =
            result.applied.isEmpty ? "nothing changed" : result.applied.joined(separator: ", ")
        let rest =
            result.needsRestart.isEmpty
            ? "" : "; takes effect after a restart: " + result.needsRestart.joined(separator: ", ")
        return "Configuration reloaded: \(applied)\(rest)."
    }
}

/// Prints live events on the terminal, one line each, and below them what is heard now.
struct LiveView: Service {
    /// Everything that happens from now on.
    let follow: @Sendable () -> AsyncStream<LiveMessage>
    /// Whether several models listen, so that each line names the model.
    let hasSeveralModels: Bool
    /// Whether lines have colours.
    let isColored: Bool

    let log: Logger

    func run() async throws {
        var isShown = true
        var lines = LiveLines(namesModels: hasSeveralModels, colored: isColored)
        for await message in follow() {
            guard isShown else { continue }
            do {
                try lines.show(message)
            } catch {
                // The events are in the history: a terminal that has gone ends the view only.
                isShown = false
                log.warning("The terminal was closed; the service keeps listening.")
            }
        }
        StatusLine.hide()
        // The monitor has ended. The services end one by one, and one that is early is an error.
        try? await gracefulShutdown()
    }
}

extension ServerSettings {
    /// Where the API listens under a configuration.
    ///
    /// - Throws: When the token can't be read.
    init(configuration: MonitorConfiguration, location: StateLocation) throws(ServerError) {
        self.init(socketPath: location.socketPath)
        socketMode = configuration.web.socketMode
        socketGroup = configuration.web.socketGroup
        clipsDirectory = location.clipsDirectory
        passwordPath = configuration.web.passwordFile ?? location.webPasswordPath
        sessionsPath = location.webSessionsPath
        listen = configuration.web.listen.map { TCPAddress(host: $0.host, port: $0.port) }
        if let path = configuration.web.tokenFile {
            token = try AccessToken(
                reference: path,
                environment: ProcessInfo.processInfo.environment
            )
        }
    }
}
