import Logging
import Messages
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again on SIGHUP, as `systemctl reload` asks.
struct ReloadOnHangup: Service {
    /// Reads it; throws what is wrong, and leaves the old one in force.
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
                log.error("The configuration was not taken over. \(failure)")
            }
            ServiceNotifier.ready(status: "Configuration read again.")
        }
    }

    private static func line(_ result: ReloadMessage) -> String {
        let applied =
            result.applied.isEmpty ? "nothing changed" : result.applied.joined(separator: ", ")
        let rest =
            result.needsRestart.isEmpty
            ? "" : "; in force after a restart: " + result.needsRestart.joined(separator: ", ")
        return "Configuration read again: \(applied)\(rest)."
    }
}
