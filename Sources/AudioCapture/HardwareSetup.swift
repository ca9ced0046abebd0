internal import CALSA
internal import Glibc

/// Settles with an opened device how it will deliver.
@safe struct HardwareSetup {
    /// 40 ms: 25 wake-ups a second, and a delay that nobody notices.
    private static let periodsPerSecond = 25
    /// 800 ms: how long the reader may be held up before samples are lost.
    private static let bufferPeriods = 20

    /// What was settled.
    let stream: StreamDescription
    /// Whether the device can only be read through mapped memory.
    let readsByMapping: Bool

    /// Chooses and installs hardware and software parameters.
    init(
        handle: OpaquePointer,
        device: String,
        request: StreamRequest
    ) throws(CaptureError) {
        var allocated: OpaquePointer?
        guard unsafe snd_pcm_hw_params_malloc(&allocated) >= 0, let space = unsafe allocated else {
            throw .cannotOpen(device: device, errno: ENOMEM)
        }
        defer { unsafe snd_pcm_hw_params_free(space) }

        let refusal = Refusal(device: device)
        try refusal.check("set-up", unsafe snd_pcm_hw_params_any(handle, space))
        // Refused by devices that do no conversion, which is as good.
        _ = unsafe snd_pcm_hw_params_set_rate_resample(
            handle,
            space,
            request.allowsResampling ? 1 : 0
        )
        readsByMapping = unsafe try Self.chooseAccess(handle, space, refusal)
        let format = unsafe try Self.chooseFormat(handle, space, device)
        var channels = UInt32(request.channels)
        try refusal.check(
            "number of channels",
            unsafe snd_pcm_hw_params_set_channels_near(handle, space, &channels)
        )
        let rateHz = unsafe try Self.chooseRate(handle, space, request.rateHz, refusal)

        var buffer = snd_pcm_uframes_t(rateHz / Self.periodsPerSecond * Self.bufferPeriods)
        try refusal.check(
            "buffer size",
            unsafe snd_pcm_hw_params_set_buffer_size_near(handle, space, &buffer)
        )
        var period = snd_pcm_uframes_t(rateHz / Self.periodsPerSecond)
        try refusal.check(
            "period size",
            unsafe snd_pcm_hw_params_set_period_size_near(handle, space, &period, nil)
        )
        try refusal.check("parameters", unsafe snd_pcm_hw_params(handle, space))
        _ = unsafe snd_pcm_hw_params_get_period_size(space, &period, nil)
        _ = unsafe snd_pcm_hw_params_get_buffer_size(space, &buffer)
        guard period > 0, buffer >= period else {
            throw .cannotConfigure(device: device, step: "period size", errno: EINVAL)
        }
        unsafe try Self.setWakeUps(handle, period: period, refusal)
        stream = StreamDescription(
            device: device,
            rateHz: rateHz,
            channels: Int(channels),
            format: format,
            periodFrames: Int(period),
            bufferFrames: Int(buffer)
        )
    }

    private static func chooseAccess(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ refusal: Refusal
    ) throws(CaptureError) -> Bool {
        if unsafe snd_pcm_hw_params_set_access(
            handle,
            space,
            SND_PCM_ACCESS_RW_INTERLEAVED
        ) >= 0 {
            return false
        }
        try refusal.check(
            "interleaved access",
            unsafe snd_pcm_hw_params_set_access(handle, space, SND_PCM_ACCESS_MMAP_INTERLEAVED)
        )
        return true
    }

    private static func chooseFormat(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ device: String
    ) throws(CaptureError) -> SampleFormat {
        for format in SampleFormat.allCases
        where unsafe snd_pcm_hw_params_set_format(handle, space, format.alsaFormat) >= 0 {
            return format
        }
        throw .noUsableFormat(device: device)
    }

    /// Takes the nearest rate that is not lower; a lower one would lose the upper band.
    private static func chooseRate(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ wantedHz: Int,
        _ refusal: Refusal
    ) throws(CaptureError) -> Int {
        var lowest = UInt32(wantedHz)
        _ = unsafe snd_pcm_hw_params_set_rate_min(handle, space, &lowest, nil)
        var rate = UInt32(wantedHz)
        try refusal.check(
            "sample rate",
            unsafe snd_pcm_hw_params_set_rate_near(handle, space, &rate, nil)
        )
        return Int(rate)
    }

    private static func setWakeUps(
        _ handle: OpaquePointer,
        period: snd_pcm_uframes_t,
        _ refusal: Refusal
    ) throws(CaptureError) {
        var allocated: OpaquePointer?
        guard unsafe snd_pcm_sw_params_malloc(&allocated) >= 0, let space = unsafe allocated else {
            throw .cannotOpen(device: refusal.device, errno: ENOMEM)
        }
        defer { unsafe snd_pcm_sw_params_free(space) }
        try refusal.check("wake-ups", unsafe snd_pcm_sw_params_current(handle, space))
        _ = unsafe snd_pcm_sw_params_set_avail_min(handle, space, period)
        // Refused by some plugins; then the time of asking stands in for the time stamp.
        _ = unsafe snd_pcm_sw_params_set_tstamp_mode(handle, space, SND_PCM_TSTAMP_ENABLE)
        _ = unsafe snd_pcm_sw_params_set_tstamp_type(
            handle,
            space,
            SND_PCM_TSTAMP_TYPE_MONOTONIC
        )
        try refusal.check("wake-ups", unsafe snd_pcm_sw_params(handle, space))
    }
}
