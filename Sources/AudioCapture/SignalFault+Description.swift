extension SignalFault: CustomStringConvertible {
    /// One line: what is heard, and what to do.
    package var description: String {
        switch self {
        case .digitalZeros:
            "The device delivers nothing but zeros. Unmute it and see that it is connected."
        case .stuck:
            "The device delivers the same value over and over. Unplug it and plug it in again."
        case .offset:
            "The samples lie far to one side of zero. Check the microphone's power and cable."
        case .clipping:
            "The samples are at full scale all the time. Lower gain_db, or the card's level."
        case .farTooQuiet:
            "The level is far under the lowest that is usual here. Check microphone and cable."
        case .wrongRate:
            "The device does not deliver as many samples a second as its rate says. Choose "
                + "another sample_rate, or another USB socket."
        case .cancelledMix:
            "The channels cancel each other in the mix. Set channel to one of them, or correct "
                + "the wiring of one."
        }
    }
}
