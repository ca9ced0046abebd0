/// Turns what a device refuses into an error that names the step.
struct Refusal: Sendable {
    let device: String

    /// - Parameters:
    ///   - step: What was asked of the device.
    ///   - code: What alsa-lib returned: below 0 for a refusal.
    /// - Throws: `.cannotConfigure` for a refusal.
    func check(_ step: String, _ code: Int32) throws(CaptureError) {
        guard code >= 0 else {
            throw .cannotConfigure(device: device, step: step, errno: -code)
        }
    }
}
