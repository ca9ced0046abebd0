internal import CALSA
internal import CLinuxSupport
internal import Glibc

/// The capture devices of this machine.
package enum CaptureDeviceCatalog {
    /// Names of ALSA's own converters and stand-ins: nothing that hears.
    private static let notDevices: Set<String> = [
        "null", "lavrate", "samplerate", "speexrate", "jack", "oss", "speex", "upmix",
        "vdownmix", "usbstream",
    ]

    /// Lists sound cards by card id, then the sound servers and devices of the configuration.
    ///
    /// Each is opened for a moment. One that is held by another program or that this user may
    /// not open is listed with that reason; names that lead nowhere are left out.
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
