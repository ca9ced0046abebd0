internal import CLinuxSupport

/// The clock of this machine.
package enum ClockState {
    /// Whether a time service keeps the kernel's clock right; nil if it cannot be asked.
    package static func isSynchronized() -> Bool? {
        switch linux_clock_is_synchronized() {
        case 1: true
        case 0: false
        default: nil
        }
    }
}
