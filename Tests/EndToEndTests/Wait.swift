import Foundation

/// Waiting for what another process does.
enum Wait {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// By how much slower than usual the program runs, `EARWITNESS_TEST_SLOWNESS`: for sanitizers.
    static let slowness =
        ProcessInfo.processInfo.environment["EARWITNESS_TEST_SLOWNESS"].flatMap(Double.init) ?? 1

    /// By how much longer tests wait than what they wait for takes on a machine with nothing else to
    /// do: a busy one fails none, and only a test that fails waits to the end.
    static let patience = 4 * slowness

    /// Looks every 20 ms until the condition holds.
    static func until(
        _ what: String,
        seconds: TimeInterval = 30,
        _ condition: () throws -> Bool
    ) throws {
        let seconds = seconds * patience
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline else {
                throw TimedOut(description: "waited \(seconds) s in vain: \(what)")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}
