/// Opens the device that the settings name, in a way that fits the running source.
struct DeviceOpener: Sendable {
    let settings: CaptureSettings
    let configuration: ALSAConfiguration?

    /// Opens and checks the device.
    ///
    /// - Parameter runningHz: The rate at which the source already runs; nil at first.
    /// - Returns: The device, not started yet.
    /// - Throws: Why it cannot be listened to.
    func open(runningHz: Int?) throws(CaptureError) -> PCMCaptureDevice {
        let request = StreamRequest(settings)
        let device = try openAtRate(request, runningHz: runningHz)
        if case .only(let number) = settings.channel, number > device.stream.channels {
            throw .noSuchChannel(
                device: settings.device,
                channel: number,
                available: device.stream.channels
            )
        }
        return device
    }

    private func openAtRate(
        _ request: StreamRequest,
        runningHz: Int?
    ) throws(CaptureError) -> PCMCaptureDevice {
        guard let runningHz else { return try open(settings.device, request) }
        let exact = request.resampled(toHz: runningHz)
        var first: PCMCaptureDevice? = try open(settings.device, exact)
        if let device = first, device.stream.rateHz == runningHz { return device }
        let offeredHz = first?.stream.rateHz ?? 0
        // Hardware can be open once only: this closes it.
        first = nil
        if let device = try? open("plug:'\(settings.device)'", exact),
            device.stream.rateHz == runningHz
        {
            return device
        }
        throw .rateChanged(
            device: settings.device,
            runningHz: runningHz,
            offeredHz: offeredHz
        )
    }

    private func open(
        _ name: String,
        _ request: StreamRequest
    ) throws(CaptureError) -> PCMCaptureDevice {
        try PCMCaptureDevice(device: name, configuration: configuration, request: request)
    }
}
