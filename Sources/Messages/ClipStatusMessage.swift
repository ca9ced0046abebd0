/// The state of the clips.
package struct ClipStatusMessage: WireMessage {
    /// Of which events the sound is kept: `none`, `events` or `all`.
    package var keep: String
    /// The number of clips.
    package var count: Int
    /// The space they take, in bytes.
    package var sizeBytes: Int64
    /// The space they may take, in bytes.
    package var maxSizeBytes: Int64
    /// The number of clips written since the service started.
    package var written: Int64
    /// The number of clips that wait in memory to be written.
    package var waiting: Int
    /// The number of clips lost since the service started, because they could not be written.
    package var dropped: Int64
    /// The number of clips removed since the service started, by age or for space.
    package var expired: Int64
    /// Why the last clip could not be written; nil if all is well.
    package var fault: String?

    /// Creates the message from its parts.
    package init(
        keep: String,
        count: Int = 0,
        sizeBytes: Int64 = 0,
        maxSizeBytes: Int64 = 0,
        written: Int64 = 0,
        waiting: Int = 0,
        dropped: Int64 = 0,
        expired: Int64 = 0,
        fault: String? = nil
    ) {
        self.keep = keep
        self.count = count
        self.sizeBytes = sizeBytes
        self.maxSizeBytes = maxSizeBytes
        self.written = written
        self.waiting = waiting
        self.dropped = dropped
        self.expired = expired
        self.fault = fault
    }

    package var json: JSONValue {
        .object([
            .init("keep", .string(keep)),
            .init("count", .integer(Int64(count))),
            .init("size_bytes", .integer(sizeBytes)),
            .init("max_size_bytes", .integer(maxSizeBytes)),
            .init("written", .integer(written)),
            .init("waiting", .integer(Int64(waiting))),
            .init("dropped", .integer(dropped)),
            .init("expired", .integer(expired)),
            .init("fault", .string(fault)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case keep, count
        case sizeBytes = "size_bytes"
        case maxSizeBytes = "max_size_bytes"
        case written, waiting, dropped, expired, fault
    }
}
