import CSystemd
import Dispatch

/// Tells systemd how the service is doing; without systemd nothing happens.
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
        notify("STOPPING=1\nSTATUS=Writing what is open.")
    }

    /// The service is alive.
    static func watchdog(status: String) {
        notify("WATCHDOG=1\nSTATUS=\(status)")
    }

    /// How often systemd wants to hear that the service is alive: half of its limit; nil if it
    /// does not ask.
    static var watchdogInterval: Duration? {
        var limit: UInt64 = 0
        guard sd_watchdog_enabled(0, &limit) > 0 else { return nil }
        return .microseconds(Int64(limit / 2))
    }

    private static func notify(_ state: String) {
        sd_notify(0, state)
    }
}
