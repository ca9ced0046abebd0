package import Foundation

/// How much of a time was really listened to, by all sources and by each.
package struct CoverageMessage: WireMessage {
    /// What became of the time of one source, or of the sum of several.
    package struct Part: WireMessage {
        /// The name of the source; nil for the sum.
        package var source: String?
        /// The time asked for, in seconds.
        package var askedSeconds: Double
        /// Sound was captured and scored, in seconds.
        package var listeningSeconds: Double
        /// Sound was captured and was silence, in seconds.
        package var gatedSeconds: Double
        /// Sound was delivered and lost, in seconds.
        package var lostSeconds: Double
        /// The device was not there or did not deliver, in seconds.
        package var absentSeconds: Double
        /// The service was not running, in seconds.
        package var stoppedSeconds: Double
        /// Nothing is known of the time, in seconds.
        package var unknownSeconds: Double
        /// The number of samples that were lost.
        package var lostSamples: Int64

        /// Creates the part from its numbers.
        package init(
            source: String?,
            askedSeconds: Double,
            listeningSeconds: Double,
            gatedSeconds: Double,
            lostSeconds: Double,
            absentSeconds: Double,
            stoppedSeconds: Double,
            unknownSeconds: Double,
            lostSamples: Int64
        ) {
            self.source = source
            self.askedSeconds = askedSeconds
            self.listeningSeconds = listeningSeconds
            self.gatedSeconds = gatedSeconds
            self.lostSeconds = lostSeconds
            self.absentSeconds = absentSeconds
            self.stoppedSeconds = stoppedSeconds
            self.unknownSeconds = unknownSeconds
            self.lostSamples = lostSamples
        }

        /// The part of the time that was listened to, silence included, in percent; nil if no
        /// time was asked for.
        package var listenedPercent: Double? {
            askedSeconds > 0
                ? min(100, 100 * (listeningSeconds + gatedSeconds) / askedSeconds) : nil
        }

        package var json: JSONValue {
            fields.inserting([.number("listened_percent", listenedPercent)], after: "asked_s")
        }

        private enum CodingKeys: String, CodingKey {
            case source
            case askedSeconds = "asked_s"
            case listeningSeconds = "listening_s"
            case gatedSeconds = "gated_s"
            case lostSeconds = "lost_s"
            case absentSeconds = "absent_s"
            case stoppedSeconds = "stopped_s"
            case unknownSeconds = "unknown_s"
            case lostSamples = "lost_samples"
        }
    }

    /// The beginning of the time asked for.
    package var from: Date
    /// The end of the time asked for.
    package var to: Date
    /// The sum of the sources.
    package var total: Part
    /// Each source.
    package var sources: [Part]

    /// Creates the message from its parts.
    package init(from: Date, to: Date, total: Part, sources: [Part]) {
        self.from = from
        self.to = to
        self.total = total
        self.sources = sources
    }

    /// The coverage in a line, such as "listened 99.2 % of the time asked for".
    package var summary: String {
        guard let percent = total.listenedPercent else {
            return "the time range is empty"
        }
        // Rounded down, so that only a range without gaps gives 100.
        let tenths = Int((percent * 10).rounded(.down))
        let shown = tenths == 1_000 ? "100" : "\(tenths / 10).\(tenths % 10)"
        let lost = total.lostSamples > 0 ? ", \(total.lostSamples) samples lost" : ""
        return "listened \(shown) % of the time asked for\(lost)"
    }

    /// The sum stands beside the other keys, without a source's name.
    package var json: JSONValue {
        fields.inserting(total.json.members.filter { $0.key != "source" }, after: "to")
    }

    private enum CodingKeys: String, CodingKey {
        case from, to, sources
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        from = try values.decode(Date.self, forKey: .from)
        to = try values.decode(Date.self, forKey: .to)
        sources = try values.decode([Part].self, forKey: .sources)
        total = try Part(from: decoder)
    }
}
