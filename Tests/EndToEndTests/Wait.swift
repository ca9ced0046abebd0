import Foundation

/// Waiting for what another process does.
enum Wait {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// By how much longer than usual tests wait, `EARWITNESS_TEST_PATIENCE`: for sanitizers and slow
    /// machines.
    static let patience =
        ProcessInfo.processInfo.environment["EARWITNESS_TEST_PATIENCE"].flatMap(Double.init) ?? 1

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
