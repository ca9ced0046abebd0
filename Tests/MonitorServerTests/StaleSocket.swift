import Foundation
@preconcurrency import Glibc
import Monitor
import MonitorClient
import MonitorServer

/// Leaves a socket file behind, as a process that was killed does.
func leaveStaleSocket(at path: String) throws {
    let handle = try listeningSocket(at: path)
    close(handle)
}

/// A socket that is listened at, and never answered.
func listeningSocket(at path: String) throws -> Int32 {
    let handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, size) }
    }
    guard result == 0, listen(handle, 4) == 0 else {
        throw RawConnection.Failed(step: "listen", code: errno)
    }
    return handle
}

/// Accepts one connection, reads a little, sends a text and closes.
func answerOnce(_ listener: Int32, with text: String) {
    let connection = accept(listener, nil, nil)
    var buffer = [UInt8](repeating: 0, count: 4_096)
    _ = recv(connection, &buffer, buffer.count, 0)
    let bytes = Array(text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    close(connection)
}

/// Ends a listening socket.
func stopListening(_ listener: Int32) {
    close(listener)
}
