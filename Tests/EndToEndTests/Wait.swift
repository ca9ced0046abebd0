import Foundation

/// Waiting for what another process does.
enum Wait {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// Looks every 20 ms until the condition holds.
    static func until(
        _ what: String,
        seconds: TimeInterval = 30,
        _ condition: () throws -> Bool
    ) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline else {
                throw TimedOut(description: "waited \(seconds) s in vain: \(what)")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}
