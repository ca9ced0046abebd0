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

        var members: [JSONValue.Member] {
            [
                .init("asked_s", .number(askedSeconds, decimals: 3)),
                .init("listened_percent", .number(listenedPercent, decimals: 2)),
                .init("listening_s", .number(listeningSeconds, decimals: 3)),
                .init("gated_s", .number(gatedSeconds, decimals: 3)),
                .init("lost_s", .number(lostSeconds, decimals: 3)),
                .init("absent_s", .number(absentSeconds, decimals: 3)),
                .init("stopped_s", .number(stoppedSeconds, decimals: 3)),
                .init("unknown_s", .number(unknownSeconds, decimals: 3)),
                .init("lost_samples", .integer(lostSamples)),
            ]
        }

        package var json: JSONValue {
            .object([.init("source", .string(source))] + members)
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
            return "no time was asked for"
        }
        // Rounded down, so that only a time without any hole is called whole.
        let tenths = Int((percent * 10).rounded(.down))
        let shown = tenths == 1_000 ? "100" : "\(tenths / 10).\(tenths % 10)"
        let lost = total.lostSamples > 0 ? ", \(total.lostSamples) samples lost" : ""
        return "listened \(shown) % of the time asked for\(lost)"
    }

    package var json: JSONValue {
        .object(
            [
                .init("from", .moment(from)),
                .init("to", .moment(to)),
            ] + total.members + [.init("sources", .array(sources.map(\.json)))]
        )
    }

    private enum CodingKeys: String, CodingKey {
        case from, to, sources
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        from = try values.decodeMoment(forKey: .from)
        to = try values.decodeMoment(forKey: .to)
        sources = try values.decode([Part].self, forKey: .sources)
        total = try Part(from: decoder)
    }
}
