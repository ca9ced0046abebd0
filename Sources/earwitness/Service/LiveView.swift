import Foundation
import MonitorMessages
import ServiceLifecycle

/// Shows what is heard, one line an event, to the person at the terminal.
struct LiveView: Service {
    /// Everything that happens from now on.
    let follow: @Sendable () -> AsyncStream<LiveMessage>
    /// Whether several models listen, so that each line must say which one spoke.
    let hasSeveralModels: Bool

    func run() async throws {
        for await message in follow() {
            if case .event(let event) = message {
                StandardOutput.writeLine(
                    LiveEventLine(event, namesModel: hasSeveralModels).text(colored: true)
                )
            }
        }
    }
}
