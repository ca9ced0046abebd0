internal import CALSA
internal import CLinuxSupport
internal import Glibc

/// The capture devices of this machine.
package enum CaptureDeviceCatalog {
    /// Names of ALSA's own converters and stand-ins, which are not microphones.
    private static let notDevices: Set<String> = [
        "null", "lavrate", "samplerate", "speexrate", "jack", "oss", "speex", "upmix",
        "vdownmix", "usbstream",
    ]

    /// Lists sound cards by card id, then the sound servers and devices of the configuration.
    ///
    /// Each is opened briefly. One that is in use or not permitted is listed with that reason;
    /// names without a device are left out.
    package static func list() throws(CaptureError) -> [CaptureDevice] {
        alsa_silence_messages()
        return cardDevices() + configuredDevices()
    }

    private static func cardDevices() -> [CaptureDevice] {
        var devices: [CaptureDevice] = []
        var card: Int32 = -1
        while unsafe snd_card_next(&card) >= 0, card >= 0 {
            var opened: OpaquePointer?
            guard unsafe snd_ctl_open(&opened, "hw:\(card)", 0) >= 0, let control = unsafe opened
            else { continue }
            defer { unsafe snd_ctl_close(control) }
            unsafe devices += devicesOfCard(control)
        }
        return devices
    }

    private static func devicesOfCard(_ control: OpaquePointer) -> [CaptureDevice] {
        var cardInfo: OpaquePointer?
        var pcmInfo: OpaquePointer?
        defer {
            unsafe snd_ctl_card_info_free(cardInfo)
            unsafe snd_pcm_info_free(pcmInfo)
        }
        guard unsafe snd_ctl_card_info_malloc(&cardInfo) >= 0,
            unsafe snd_pcm_info_malloc(&pcmInfo) >= 0,
            unsafe snd_ctl_card_info(control, cardInfo) >= 0
        else { return [] }
        let id = unsafe String(cString: snd_ctl_card_info_get_id(cardInfo))
        let cardName = unsafe String(cString: snd_ctl_card_info_get_name(cardInfo))
        var devices: [CaptureDevice] = []
        var device: Int32 = -1
        while unsafe snd_ctl_pcm_next_device(control, &device) >= 0, device >= 0 {
            unsafe snd_pcm_info_set_device(pcmInfo, UInt32(device))
            unsafe snd_pcm_info_set_subdevice(pcmInfo, 0)
            unsafe snd_pcm_info_set_stream(pcmInfo, SND_PCM_STREAM_CAPTURE)
            guard unsafe snd_ctl_pcm_info(control, pcmInfo) >= 0 else { continue }
            let pcmName = unsafe String(cString: snd_pcm_info_get_name(pcmInfo))
            devices.append(
                describe(
                    "plughw:CARD=\(id),DEV=\(device)",
                    "\(cardName), \(pcmName)",
                    probing: "hw:CARD=\(id),DEV=\(device)"
                )
            )
        }
        return devices
    }

    private static func configuredDevices() -> [CaptureDevice] {
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard unsafe snd_device_name_hint(-1, "pcm", &hints) >= 0, let hints = unsafe hints else {
            return []
        }
        defer { unsafe snd_device_name_free_hint(hints) }
        var devices: [CaptureDevice] = []
        var position = 0
        while let hint = unsafe hints[position] {
            position += 1
            guard let name = unsafe text("NAME", of: hint), isDevice(name),
                unsafe text("IOID", of: hint) != "Output"
            else { continue }
            let description = unsafe text("DESC", of: hint) ?? name
            let device = describe(
                name,
                description.replacing("\n", with: ", "),
                probing: name
            )
            if case .unavailable(.noSuchDevice) = device.availability { continue }
            devices.append(device)
        }
        return devices
    }

    /// Cards come with a dozen derived names each (`front:CARD=…`), which are left out.
    private static func isDevice(_ name: String) -> Bool {
        let kind = String(name.prefix { $0 != ":" })
        return !notDevices.contains(kind) && !name.contains("CARD=")
    }

    private static func text(_ key: String, of hint: UnsafeMutableRawPointer) -> String? {
        guard let characters = unsafe snd_device_name_get_hint(hint, key) else { return nil }
        defer { unsafe free(characters) }
        return unsafe String(cString: characters)
    }

    private static func describe(
        _ name: String,
        _ description: String,
        probing probed: String
    ) -> CaptureDevice {
        var device = CaptureDevice(
            name: name,
            description: description,
            availability: .available,
            formats: [],
            ratesHz: [],
            channels: nil
        )
        do throws(CaptureError) {
            let capabilities = try DeviceCapabilities(of: probed, configuration: nil)
            device.formats = capabilities.formats
            device.ratesHz = capabilities.ratesHz
            device.channels = SourceChannels.behind(probed, nil) ?? capabilities.channels
        } catch {
            device.availability = .unavailable(error)
        }
        return device
    }
}

/// A capture device that the system offers.
package struct CaptureDevice: Sendable, Equatable {
    /// Whether it could be opened.
    package enum Availability: Sendable, Equatable {
        /// It can be opened now.
        case available
        /// It exists but cannot be opened now; the reason says what to do.
        case unavailable(CaptureError)
    }

    /// The name to open it by; by card id, not number, so that it lasts: `plughw:CARD=Mic,DEV=0`.
    package var name: String
    /// What the card or the configuration calls it.
    package var description: String
    /// Whether it can be opened.
    package var availability: Availability
    /// The understood formats that it delivers without conversion; empty if it was not opened.
    package var formats: [SampleFormat]
    /// The usual rates that it delivers without conversion, in Hz, ascending.
    package var ratesHz: [Int]
    /// The numbers of channels that it delivers without conversion; nil if it was not opened.
    package var channels: ClosedRange<Int>?
}

/// What a device delivers without conversion; found by opening it briefly.
struct DeviceCapabilities: Sendable, Equatable {
    private static let usualRatesHz = [
        8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200,
        96_000, 128_000, 176_400, 192_000, 250_000, 256_000, 384_000, 500_000,
    ]

    let formats: [SampleFormat]
    let ratesHz: [Int]
    let channels: ClosedRange<Int>

    /// Opens `device`, asks, and closes it.
    init(of device: String, configuration: ALSAConfiguration?) throws(CaptureError) {
        let handle = unsafe try PCMCaptureDevice.open(device, configuration)
        defer { unsafe snd_pcm_close(handle) }
        var allocated: OpaquePointer?
        guard unsafe snd_pcm_hw_params_malloc(&allocated) >= 0, let space = unsafe allocated else {
            throw .cannotOpen(device: device, errno: ENOMEM)
        }
        defer { unsafe snd_pcm_hw_params_free(space) }
        let refusal = Refusal(device: device)
        try refusal.check("set-up", unsafe snd_pcm_hw_params_any(handle, space))
        _ = unsafe snd_pcm_hw_params_set_rate_resample(handle, space, 0)
        formats = SampleFormat.allCases.filter { format in
            unsafe snd_pcm_hw_params_test_format(handle, space, format.alsaFormat) == 0
        }
        ratesHz = Self.usualRatesHz.filter { rate in
            unsafe snd_pcm_hw_params_test_rate(handle, space, UInt32(rate), 0) == 0
        }
        var fewest: UInt32 = 1
        var most: UInt32 = 1
        _ = unsafe snd_pcm_hw_params_get_channels_min(space, &fewest)
        _ = unsafe snd_pcm_hw_params_get_channels_max(space, &most)
        channels = Int(fewest)...Int(max(fewest, most))
    }
}
