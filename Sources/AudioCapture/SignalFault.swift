/// Why a device that delivers samples does not hear.
package enum SignalFault: UInt8, Sendable, CaseIterable {
    /// Every sample is exactly zero: muted, or nothing is connected.
    case digitalZeros = 1
    /// Every sample has the same value other than zero.
    case stuck
    /// The samples lie far to one side of zero.
    case offset
    /// Samples are at full scale all the time.
    case clipping
    /// The level is far under the lowest that this source usually has.
    case farTooQuiet
    /// The device delivers more or fewer samples a second than its rate says.
    case wrongRate
    /// The mix of the channels is far quieter than they are: they cancel each other.
    case cancelledMix
}
