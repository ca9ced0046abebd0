import AudioCapture

extension SignalFault {
    /// What is wrong with the signal and what to do, in one line.
    var explanation: String {
        switch self {
        case .digitalZeros:
            "Every sample is zero. Check that the microphone is connected and not muted."
        case .stuck:
            "Every sample has the same value. Plug the microphone in again."
        case .offset:
            "The samples lie far to one side of zero. Check the microphone and its input."
        case .clipping:
            "The samples are at full scale all the time. Lower the input gain."
        case .farTooQuiet:
            "The level is far under what this source usually has. Check the microphone."
        case .wrongRate:
            "The device delivers more or fewer samples than its rate says. Choose another rate."
        case .cancelledMix:
            "The channels cancel each other in the mix, so that sounds are missed. Set 'channel: 1', or correct the wiring of one."
        }
    }
}
