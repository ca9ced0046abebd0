internal import Synchronization

/// What a capture has done so far; written by the capture thread, readable by any.
///
/// Each value is exact; two values read one after the other may be a period apart.
package final class CaptureCounters: Sendable {
    private let stateCode = Atomic<UInt8>(CaptureState.stopped.rawValue)
    let periodCount = Atomic<Int64>(0)
    let frameCount = Atomic<Int64>(0)
    let overrunCount = Atomic<Int64>(0)
    let suspendCount = Atomic<Int64>(0)
    let lostFrameCount = Atomic<Int64>(0)
    let absentFrameCount = Atomic<Int64>(0)
    let ringOverflowFrameCount = Atomic<Int64>(0)
    let reopenCount = Atomic<Int64>(0)
    let clippedSampleCount = Atomic<Int64>(0)
    let spuriousWakeUpCount = Atomic<Int64>(0)
    let errnoCode = Atomic<Int32>(0)
    let streamRateHz = Atomic<Int>(0)
    let faultCode = Atomic<UInt8>(0)
    let floorBits = Atomic<UInt64>(0)
    let driftPartsPerBillion = Atomic<Int64>(0)

    /// Creates counters at zero.
    package init() {}

    /// What the capture is doing now.
    package internal(set) var state: CaptureState {
        get { CaptureState(rawValue: stateCode.load(ordering: .acquiring)) ?? .stopped }
        set { stateCode.store(newValue.rawValue, ordering: .releasing) }
    }

    /// Periods read from the device.
    package var periods: Int64 { periodCount.load(ordering: .relaxed) }
    /// Frames read from the device.
    package var frames: Int64 { frameCount.load(ordering: .relaxed) }
    /// Times that the device's buffer ran over.
    package var overruns: Int64 { overrunCount.load(ordering: .relaxed) }
    /// Times that the device was suspended.
    package var suspends: Int64 { suspendCount.load(ordering: .relaxed) }
    /// Frames that the device captured, or should have, and that never arrived here.
    package var lostFrames: Int64 { lostFrameCount.load(ordering: .relaxed) }
    /// Frames' worth of time during which the device was away.
    package var absentFrames: Int64 { absentFrameCount.load(ordering: .relaxed) }
    /// Frames dropped because the consumer was too slow and the ring was full.
    package var ringOverflowFrames: Int64 { ringOverflowFrameCount.load(ordering: .relaxed) }
    /// Times that the device was opened again.
    package var reopens: Int64 { reopenCount.load(ordering: .relaxed) }
    /// Samples at full scale, from the device or after the gain.
    package var clippedSamples: Int64 { clippedSampleCount.load(ordering: .relaxed) }
    /// Wake-ups without a whole period to read.
    package var spuriousWakeUps: Int64 { spuriousWakeUpCount.load(ordering: .relaxed) }
    /// The errno of the last failure; 0 when there was none.
    package var lastErrno: Int32 { errnoCode.load(ordering: .relaxed) }
    /// The rate of the samples in the ring; 0 until the device was opened for the first time.
    package var sampleRateHz: Int { streamRateHz.load(ordering: .acquiring) }
    /// How much faster than its nominal rate the device runs, in parts per million.
    package var driftPPM: Double {
        Double(driftPartsPerBillion.load(ordering: .relaxed)) / 1_000
    }

    /// The fault of the arriving samples; nil if there is none, or no samples arrive.
    package internal(set) var signalFault: SignalFault? {
        get { SignalFault(rawValue: faultCode.load(ordering: .relaxed)) }
        set { faultCode.store(newValue?.rawValue ?? 0, ordering: .relaxed) }
    }

    /// The floor that the source has learnt; nil while it is still being learnt.
    package internal(set) var learntFloor: LearntFloor? {
        get { LearntFloor(bits: floorBits.load(ordering: .relaxed)) }
        set { floorBits.store(newValue?.bits ?? 0, ordering: .relaxed) }
    }

    /// Counts missing frames as absent or as lost, after the state in which they went missing.
    func countMissed(_ frames: Int64) {
        if state == .absent {
            absentFrameCount.wrappingAdd(frames, ordering: .relaxed)
        } else {
            lostFrameCount.wrappingAdd(frames, ordering: .relaxed)
        }
    }

    /// Everything that was captured and cannot be analysed: lost by the device or by the ring.
    package var unheardFrames: Int64 { lostFrames + ringOverflowFrames }
}

extension Atomic where Value == Int64 {
    /// Adds without ordering other memory: for counts.
    func count(_ amount: Int = 1) {
        wrappingAdd(Int64(amount), ordering: .relaxed)
    }
}

/// What a capture is doing now.
package enum CaptureState: UInt8, Sendable {
    /// Not started, or stopped.
    case stopped
    /// Opening the device for the first time.
    case opening
    /// Samples arrive.
    case running
    /// The device is away or delivers nothing; opening it is tried again.
    case absent
}
