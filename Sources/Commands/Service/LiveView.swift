import Foundation
import Logging
import Messages
import ServiceLifecycle

/// Shows what is heard, one line an event, to the person at the terminal.
struct LiveView: Service {
    /// Everything that happens from now on.
    let follow: @Sendable () -> AsyncStream<LiveMessage>
    /// Whether several models listen, so that each line must say which one spoke.
    let hasSeveralModels: Bool

    let log: Logger

    func run() async throws {
        var isShown = true
        for await message in follow() {
            guard isShown, case .event(let event) = message else { continue }
            do {
                try StandardOutput.writeLine(
                    LiveEventLine(event, namesModel: hasSeveralModels)
                        .text(colored: Terminal.showsColor)
                )
            } catch {
                // The events are in the history: a terminal that has gone ends the view only.
                isShown = false
                log.warning("The terminal no longer takes events; listening goes on.")
            }
        }
        // The monitor has ended. The services end one by one, and one that is early is an error.
        try? await gracefulShutdown()
    }
}
