/// A position on one source's sample timeline: the only clock that decisions see.
///
/// Sample 0 is the first sample that the source ever delivered in this run. Samples that the device
/// lost are counted too, so that what comes after a gap is not dated early. The owner of the
/// timeline keeps the source's rate, which turns a sample time into seconds.
package struct SampleTime: Hashable, Comparable, Sendable {
    /// The number of samples since the timeline began.
    package var index: Int64

    /// Creates the time of the sample with the given index.
    package init(_ index: Int64) {
        self.index = index
    }

    /// The beginning of a timeline.
    package static let zero = SampleTime(0)

    package static func < (left: SampleTime, right: SampleTime) -> Bool {
        left.index < right.index
    }

    /// The time that lies `samples` samples after `time`.
    package static func + (time: SampleTime, samples: Int64) -> SampleTime {
        SampleTime(time.index + samples)
    }

    /// The time that lies `samples` samples before `time`.
    package static func - (time: SampleTime, samples: Int64) -> SampleTime {
        SampleTime(time.index - samples)
    }

    /// The number of samples from `start` to `end`.
    package static func - (end: SampleTime, start: SampleTime) -> Int64 {
        end.index - start.index
    }

    /// Seconds from the beginning of the timeline to this time.
    ///
    /// - Parameter sampleRateHz: The timeline's rate in Hz, above 0.
    /// - Returns: Seconds, not rounded.
    package func seconds(atRate sampleRateHz: Int) -> Double {
        Double(index) / Double(sampleRateHz)
    }
}

extension Int64 {
    /// The time that this many samples last, in seconds.
    func asSeconds(atRate sampleRateHz: Int) -> Double {
        Double(self) / Double(sampleRateHz)
    }
}

extension Double {
    /// The samples that this many seconds last, rounded to the nearest.
    func asSampleCount(atRate sampleRateHz: Int) -> Int64 {
        Int64((self * Double(sampleRateHz)).rounded())
    }
}
