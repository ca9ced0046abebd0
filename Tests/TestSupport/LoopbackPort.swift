import Foundation

/// TCP ports of this machine, for servers of tests.
package enum LoopbackPort {
    package struct NoneFree: Error {}

    /// A port that nobody listens at.
    package static func free() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withSockaddr(&address) { pointer in
            bind(descriptor, pointer, length) == 0
                && getsockname(descriptor, pointer, &length) == 0
        }
        guard isBound else { throw NoneFree() }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Whether somebody listens at a port.
    package static func accepts(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withSockaddr(&address) { connect(descriptor, $0, length) == 0 }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        return address
    }

    private static func withSockaddr<Value>(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>) -> Value
    ) -> Value {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
