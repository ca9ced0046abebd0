internal import CALSA
internal import Glibc
internal import Realtime

/// Negotiates the stream's format with an opened device.
@safe struct HardwareSetup {
    /// 100 ms where the periods can't lie on a grid: a window then waits for at most that long.
    private static let periodsPerSecond = 10
    /// A device whose buffer holds fewer periods of the grid gets shorter ones, so that a reader that
    /// is held up for one loses nothing.
    private static let leastPeriods: snd_pcm_uframes_t = 4
    /// How long the reader may be held up before samples are lost, in ms, as far as the device
    /// allows it; the second is used where there is no memory for the first.
    private static let bufferMilliseconds = [30_000, 800]

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
        var choice = unsafe try Self.choose(handle, space, request, refusal)
        var firstFrames: Int?
        var code: Int32 = 0
        for milliseconds in Self.bufferMilliseconds {
            // The period first: a long buffer must not make it longer.
            firstFrames = unsafe Self.placeOnGrid(handle, space, choice, request.periodGrid)
            if firstFrames == nil {
                // What the device refused of the grid may have narrowed the space.
                choice = unsafe try Self.choose(handle, space, request, refusal)
                var period = snd_pcm_uframes_t(choice.rateHz / Self.periodsPerSecond)
                try refusal.check(
                    "period size",
                    unsafe snd_pcm_hw_params_set_period_size_near(handle, space, &period, nil)
                )
            }
            var buffer = snd_pcm_uframes_t(choice.rateHz * milliseconds / 1_000)
            try refusal.check(
                "buffer size",
                unsafe snd_pcm_hw_params_set_buffer_size_near(handle, space, &buffer)
            )
            code = unsafe snd_pcm_hw_params(handle, space)
            if code >= 0 { break }
            // A driver may offer a buffer for which there is no memory.
            choice = unsafe try Self.choose(handle, space, request, refusal)
        }
        try refusal.check("parameters", code)
        var period: snd_pcm_uframes_t = 0
        var buffer: snd_pcm_uframes_t = 0
        _ = unsafe snd_pcm_hw_params_get_period_size(space, &period, nil)
        _ = unsafe snd_pcm_hw_params_get_buffer_size(space, &buffer)
        guard period > 0, buffer >= period else {
            throw .cannotConfigure(device: device, step: "period size", errno: EINVAL)
        }
        unsafe try Self.setWakeUps(handle, period: period, refusal)
        readsByMapping = choice.readsByMapping
        stream = StreamDescription(
            device: device,
            rateHz: choice.rateHz,
            channels: choice.channels,
            format: choice.format,
            periodFrames: Int(period),
            bufferFrames: Int(buffer),
            firstFrames: firstFrames ?? Int(period)
        )
    }

    /// Sets the period of a grid, if the device has exactly that one and room for some of them.
    ///
    /// - Returns: The frames of the first period that are delivered; nil if it was not set.
    private static func placeOnGrid(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ choice: Choice,
        _ grid: PeriodGrid?
    ) -> Int? {
        guard let (period, first) = grid?.frames(atHz: choice.rateHz) else { return nil }
        let frames = snd_pcm_uframes_t(period)
        var leastBuffer = leastPeriods * frames
        guard unsafe snd_pcm_hw_params_set_buffer_size_min(handle, space, &leastBuffer) >= 0,
            unsafe snd_pcm_hw_params_set_period_size(handle, space, frames, 0) >= 0
        else { return nil }
        return first
    }

    /// All but the sizes of period and buffer.
    private struct Choice {
        let readsByMapping: Bool
        let format: SampleFormat
        let channels: Int
        let rateHz: Int
    }

    /// Resets a space of parameters.
    private static func choose(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ request: StreamRequest,
        _ refusal: Refusal
    ) throws(CaptureError) -> Choice {
        try refusal.check("set-up", unsafe snd_pcm_hw_params_any(handle, space))
        // Devices that convert nothing refuse this, which has the same effect.
        _ = unsafe snd_pcm_hw_params_set_rate_resample(
            handle,
            space,
            request.allowsResampling ? 1 : 0
        )
        return unsafe Choice(
            readsByMapping: try chooseAccess(handle, space, refusal),
            format: try chooseFormat(handle, space, refusal.device),
            channels: try chooseChannels(handle, space, request, refusal),
            rateHz: try chooseRate(handle, space, request.rateHz, refusal)
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

    private static func chooseChannels(
        _ handle: OpaquePointer,
        _ space: OpaquePointer,
        _ request: StreamRequest,
        _ refusal: Refusal
    ) throws(CaptureError) -> Int {
        var fewest: UInt32 = 1
        var most: UInt32 = 1
        _ = unsafe snd_pcm_hw_params_get_channels_min(space, &fewest)
        _ = unsafe snd_pcm_hw_params_get_channels_max(space, &most)
        let offered = Int(fewest)...Int(max(fewest, most))
        guard let wanted = request.channels(offered: offered) else {
            throw .noSuchChannel(
                device: refusal.device,
                channel: request.channel ?? 1,
                available: request.sourceChannels?.upperBound ?? offered.upperBound
            )
        }
        // Of the numbers that the device has, the nearest that includes the channel.
        var least = UInt32(request.channel ?? 1)
        _ = unsafe snd_pcm_hw_params_set_channels_min(handle, space, &least)
        var channels = UInt32(wanted)
        try refusal.check(
            "number of channels",
            unsafe snd_pcm_hw_params_set_channels_near(handle, space, &channels)
        )
        return Int(channels)
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

/// What an opened device delivers.
package struct StreamDescription: Sendable, Equatable {
    /// The name under which it was opened.
    package var device: String
    /// Frames a second.
    package var rateHz: Int
    /// Channels in a frame.
    package var channels: Int
    /// How a sample is stored.
    package var format: SampleFormat
    /// Frames in one read.
    package var periodFrames: Int
    /// Frames that are read at once: a period, or an equal part of one that is longer than the ring
    /// takes.
    var readFrames: Int {
        let parts = (periodFrames + SampleRing.longestPeriod - 1) / SampleRing.longestPeriod
        return periodFrames / max(1, parts)
    }
    /// Frames that the device buffers until they are read.
    package var bufferFrames: Int
    /// Frames of the first period after a start that are delivered, the last ones, so that those
    /// after it end where the windows do.
    var firstFrames: Int
}

/// Turns what a device refuses into an error that names the step.
struct Refusal: Sendable {
    let device: String

    /// - Parameters:
    ///   - step: The set-up step.
    ///   - code: What alsa-lib returned: below 0 for a refusal.
    /// - Throws: `.cannotConfigure` for a refusal.
    func check(_ step: String, _ code: Int32) throws(CaptureError) {
        guard code >= 0 else {
            throw .cannotConfigure(device: device, step: step, errno: -code)
        }
    }
}
