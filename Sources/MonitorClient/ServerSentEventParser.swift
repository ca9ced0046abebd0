import Messages

/// Cuts the bytes of a stream into server-sent events.
///
/// Pure: bytes in, events out, however the bytes are cut. Comments are skipped; a line longer than
/// the limit is an error, so that memory stays bounded.
struct ServerSentEventParser {
    /// Says that the other side does not keep to the format.
    struct TooLong: Error {}

    private static let maxBytes = 1 << 20

    private var line: [UInt8] = []
    private var followsReturn = false
    private var name = ""
    private var data: [String] = []
    private var id: String?

    /// Takes bytes and gives back the events that are complete.
    mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let endsPair = byte == UInt8(ascii: "\n") && followsReturn
            followsReturn = byte == UInt8(ascii: "\r")
            guard !endsPair else {
                continue
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = endLine() {
                    events.append(event)
                }
            } else {
                guard line.count < Self.maxBytes else {
                    throw TooLong()
                }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else {
            return endEvent()
        }
        let field = text.prefix { $0 != ":" }
        var value = text.dropFirst(field.count).dropFirst()
        if value.first == " " {
            value = value.dropFirst()
        }
        switch field {
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            name = ""
            data = []
        }
        guard !data.isEmpty else {
            return nil
        }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : name,
            data: data.joined(separator: "\n"),
            id: id
        )
    }
}
