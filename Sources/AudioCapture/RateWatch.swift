/// Notices that a device delivers another number of samples a second than its rate says.
///
/// Cards differ from their rate by some 0.01 %; more than 1 % is a fault, such as a device that
/// drops samples or a driver that names the wrong rate.
struct RateWatch: Sendable {
    private static let windowSeconds = 5.0
    private static let largestDeviation = 0.01
    private static let windowsForFault = 2

    private let rateHz: Int
    private var begin: Int64?
    private var frames = 0
    private var wrongWindows = 0

    init(rateHz: Int) {
        self.rateHz = rateHz
    }

    /// Whether the rate has been wrong for some time.
    var isWrong: Bool {
        wrongWindows >= Self.windowsForFault
    }

    /// Takes in a period.
    ///
    /// - Parameters:
    ///   - periodFrames: Its length.
    ///   - time: When its first frame was captured, in ns.
    ///   - isAfterGap: Whether the device was started anew before it.
    mutating func hear(_ periodFrames: Int, at time: Int64, isAfterGap: Bool) {
        guard let begin, !isAfterGap else {
            begin = time
            frames = periodFrames
            return
        }
        let seconds = Double(time - begin) * 1e-9
        if seconds >= Self.windowSeconds {
            let deviation = Double(frames) / seconds / Double(rateHz) - 1
            wrongWindows = abs(deviation) > Self.largestDeviation ? wrongWindows + 1 : 0
            self.begin = time
            frames = 0
        }
        frames += periodFrames
    }
}
