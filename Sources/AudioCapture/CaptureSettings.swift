/// What is asked of a capture device.
package struct CaptureSettings: Sendable, Equatable {
    /// An ALSA PCM name, such as `default`, `hw:1,0` or `plughw:CARD=Mic`.
    package var device: String
    /// The rate that is asked for; nil: 16 kHz.
    ///
    /// The device may give another one.
    package var requestedRateHz: Int?
    /// The number of channels that is asked for; nil: the source's own, as far as it tells.
    package var channels: Int?
    /// How the channels become one.
    package var channel: ChannelChoice
    /// Amplification in dB, before the samples enter the ring.
    package var gainDB: Float

    /// Creates settings; `validate` checks them.
    package init(
        device: String = "default",
        requestedRateHz: Int? = nil,
        channels: Int? = nil,
        channel: ChannelChoice = .mix,
        gainDB: Float = 0
    ) {
        self.device = device
        self.requestedRateHz = requestedRateHz
        self.channels = channels
        self.channel = channel
        self.gainDB = gainDB
    }

    /// Checks what can be known without the device.
    ///
    /// - Throws: `.invalidSetting` for the first value that is out of range.
    package func validate() throws(CaptureError) {
        // snd_pcm_open copies names into buffers of its own; no real name comes near this.
        try check(
            "device",
            !device.isEmpty && device.utf8.count <= 256,
            found: "'\(device.prefix(40))'",
            allowed: "an ALSA device name of 1 to 256 bytes"
        )
        if let rate = requestedRateHz {
            try check(
                "sample_rate",
                (4_000...768_000).contains(rate),
                found: "\(rate)",
                allowed: "4000 to 768000"
            )
        }
        if let channels {
            try check(
                "channels",
                (1...64).contains(channels),
                found: "\(channels)",
                allowed: "1 to 64"
            )
        }
        if case .only(let number) = channel {
            try check(
                "channel",
                (1...64).contains(number),
                found: "\(number)",
                allowed: "mix, or 1 to 64"
            )
        }
        try check(
            "gain_db",
            gainDB.isFinite && abs(gainDB) <= 60,
            found: "\(gainDB)",
            allowed: "-60 to 60"
        )
    }

    private func check(
        _ key: String,
        _ isAllowed: Bool,
        found: String,
        allowed: String
    ) throws(CaptureError) {
        guard isAllowed else {
            throw .invalidSetting(key: key, found: found, allowed: allowed)
        }
    }
}
