import EventStore
import Foundation

/// When some sounds were, by source.
struct SoundTimes {
    private var times: [String: [(start: Date, end: Date)]] = [:]

    init(_ sounds: [(source: String, start: Date, end: Date)]) {
        for sound in sounds { times[sound.source, default: []].append((sound.start, sound.end)) }
        for source in times.keys {
            let sorted = times[source, default: []].sorted { $0.start < $1.start }
            times[source] = Self.joined(sorted)
        }
    }

    /// Sounds that overlap as one, so that the ends are in order too.
    private static func joined(
        _ times: [(start: Date, end: Date)]
    ) -> [(start: Date, end: Date)] {
        times.reduce(into: []) { joined, time in
            guard let last = joined.last, time.start < last.end else {
                joined.append(time)
                return
            }
            joined[joined.count - 1].end = max(last.end, time.end)
        }
    }

    /// Whether a sound of the source is on at any time of another.
    func overlap(_ source: String, _ start: Date, _ end: Date) -> Bool {
        guard let times = times[source] else { return false }
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle].end < start { low = middle + 1 } else { high = middle }
        }
        return low < times.count && times[low].start <= end
    }
}

/// The time that there are scores of, by source.
struct ScoredTime {
    private var stretches: [String: [(start: Date, end: Date, silent: TimeInterval)]] = [:]
    private let tolerance: TimeInterval

    init(_ heads: [PastBlock], toleranceSeconds: TimeInterval) {
        tolerance = toleranceSeconds
        for head in heads {
            let silent = Double(head.silentSamples) / Double(max(1, head.sampleRateHz))
            stretches[head.source, default: []].append((head.start, head.end, silent))
        }
        for source in stretches.keys { stretches[source]?.sort { $0.start < $1.start } }
    }

    func contains(_ moment: Date, source: String) -> Bool {
        guard let times = stretches[source] else { return false }
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle].start <= moment + tolerance { low = middle + 1 } else { high = middle }
        }
        return low > 0 && times[low - 1].end + tolerance >= moment
    }

    /// How long there are scores, summed over the sources.
    func seconds(from: Date, to: Date) -> Double {
        stretches.values.joined().reduce(0) { sum, time in
            sum + seconds(of: time, from: from, to: to)
        }
    }

    /// How long there are scores of at least one source.
    func secondsOfAnySource(from: Date, to: Date) -> Double {
        let times = stretches.values.joined().map { ($0.start - $0.silent, $0.end) }
            .sorted { $0.0 < $1.0 }
        var (sum, end) = (0.0, from)
        for time in times {
            sum += max(0, min(to, time.1).timeIntervalSince(max(end, time.0)))
            end = max(end, time.1)
        }
        return sum
    }

    private func seconds(
        of time: (start: Date, end: Date, silent: TimeInterval),
        from: Date,
        to: Date
    ) -> Double {
        max(0, min(to, time.end).timeIntervalSince(max(from, time.start - time.silent)))
    }
}
