/// A value that goes over the HTTP API or is printed as a line of JSON.
package protocol WireMessage: Decodable, Sendable, Equatable {
    /// The message as JSON, its keys in the documented order.
    var json: JSONValue { get }
}
