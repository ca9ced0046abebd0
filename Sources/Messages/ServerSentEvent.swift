/// One message of a stream of server-sent events.
///
/// The format is that of the WHATWG HTML standard, §9.2.
package struct ServerSentEvent: Equatable, Sendable {
    package var name: String
    package var data: String
    package var id: String?

    /// Makes a message of its three fields.
    package init(name: String, data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }

    /// Makes the message that carries a live message.
    package init(_ message: LiveMessage) {
        var id: String?
        if case .event(let event) = message {
            id = String(event.id)
        }
        self.init(name: message.kind.rawValue, data: message.json.text, id: id)
    }

    /// The message as it is sent; its data is one line.
    package var text: String {
        let idLine = id.map { "id: \($0)\n" } ?? ""
        return "event: \(name)\n\(idLine)data: \(data)\n\n"
    }
}
