import Foundation
import Glibc
import Testing

extension EndToEnd.MonitorPageTests {
    /// Ports that nobody listens to.
    static func freePorts(_ count: Int) throws -> [UInt16] {
        // All are held until the last is found, so that none comes twice.
        let descriptors = (0..<count).map { _ in
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        }
        defer { descriptors.forEach { close($0) } }
        return try descriptors.map { descriptor in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let named = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
                    bind(descriptor, bare, size) == 0
                        && getsockname(descriptor, bare, &size) == 0
                }
            }
            try #require(named, "no port is free: errno \(errno)")
            return UInt16(bigEndian: address.sin_port)
        }
    }
}
