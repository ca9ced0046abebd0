/// Opens the device that the settings name, in a way that fits the running source.
///
/// The first opening remembers which card it was. Later ones look for that card, whatever its
/// number or id is by then, and never open a card of another make or serial number instead.
struct DeviceOpener: Sendable {
    let settings: CaptureSettings
    let configuration: ALSAConfiguration?
    var directory = CardDirectory()
    private var identity: CardIdentity?

    init(settings: CaptureSettings, configuration: ALSAConfiguration?) {
        self.settings = settings
        self.configuration = configuration
    }

    /// Opens and checks the device.
    ///
    /// - Parameter runningHz: The rate at which the source already runs; nil at first.
    /// - Returns: The device, not started yet.
    /// - Throws: Why it cannot be listened to.
    mutating func open(runningHz: Int?) throws(CaptureError) -> PCMCaptureDevice {
        let name = try currentName()
        let request = StreamRequest(
            settings,
            sourceChannels: SourceChannels.behind(name, configuration)
        )
        let device = try openAtRate(name, request, runningHz: runningHz)
        if case .only(let number) = settings.channel, number > device.stream.channels {
            throw .noSuchChannel(
                device: settings.device,
                channel: number,
                available: device.stream.channels
            )
        }
        if identity == nil {
            identity = CardDeviceName(settings.device).flatMap(directory.card(named:))
        }
        return device
    }

    /// The name under which the device is to be found now.
    private func currentName() throws(CaptureError) -> String {
        guard let identity, let name = CardDeviceName(settings.device) else {
            return settings.device
        }
        guard let card = directory.card(like: identity) else {
            throw .noSuchDevice(device: settings.device)
        }
        return card == identity ? settings.device : name.onCard(card.id)
    }

    private func openAtRate(
        _ name: String,
        _ request: StreamRequest,
        runningHz: Int?
    ) throws(CaptureError) -> PCMCaptureDevice {
        guard let runningHz else { return try open(name, request) }
        let exact = request.resampled(toHz: runningHz)
        var first: PCMCaptureDevice? = try open(name, exact)
        if let device = first, device.stream.rateHz == runningHz { return device }
        let offeredHz = first?.stream.rateHz ?? 0
        // Hardware can be opened only once, so this closes it.
        first = nil
        if let device = try? open("plug:'\(name)'", exact), device.stream.rateHz == runningHz {
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
