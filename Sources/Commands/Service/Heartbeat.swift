import Foundation
import Messages
import ServiceLifecycle

/// Tells systemd that the service is alive, as long as it really is.
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
