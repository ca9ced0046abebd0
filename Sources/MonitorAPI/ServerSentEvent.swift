import MonitorMessages

/// One message of a stream of server-sent events.
///
/// The format is that of the WHATWG HTML standard, §9.2.
struct ServerSentEvent: Equatable, Sendable {
    var name: String
    var data: String
    var id: String?

    init(name: String, data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }

    init(_ message: LiveMessage) {
        var id: String?
        if case .event(let event) = message {
            id = String(event.id)
        }
        self.init(name: message.kind.rawValue, data: message.json.text, id: id)
    }

    /// The message as it is sent; its data is one line.
    var text: String {
        let idLine = id.map { "id: \($0)\n" } ?? ""
        return "event: \(name)\n\(idLine)data: \(data)\n\n"
    }
}
