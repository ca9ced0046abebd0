internal import CALSA
internal import CLinuxSupport
internal import Glibc

/// What a device delivers without conversion; found by opening it for a moment.
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
