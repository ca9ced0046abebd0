import CQRCode
import Foundation
@preconcurrency import Glibc
import Settings

/// Where browsers find the page.
enum PageAddress {
    /// `IFF_UP` and `IFF_LOOPBACK` of `netdevice(7)`, which Swift does not import as numbers.
    private static let (isUp, isLoopback): (UInt32, UInt32) = (0x1, 0x8)

    /// The address of the page that is served at `listen`.
    ///
    /// Where it is served at every address of this machine, it is the one by which this machine
    /// reaches others.
    static func text(for listen: ListenAddress) -> String {
        guard isEveryAddress(listen.host) else { return "http://\(listen)/" }
        let host =
            ownAddress(towards: "192.0.2.1", family: AF_INET)
            ?? firstInterfaceAddress()
            ?? (listen.host == "::" ? ownAddress(towards: "2001:db8::1", family: AF_INET6) : nil)
            ?? ProcessInfo.processInfo.hostName
        return "http://\(ListenAddress(host: host, port: listen.port))/"
    }

    private static func isEveryAddress(_ host: String) -> Bool {
        host == "0.0.0.0" || host == "::"
    }

    /// The address of this machine from which it would send to another; nil if it has no way there.
    ///
    /// Connecting a datagram socket chooses the way and sends nothing. The others are addresses for
    /// documentation (RFC 5737, RFC 3849), which nobody has.
    private static func ownAddress(towards other: String, family: Int32) -> String? {
        let handle = socket(family, Int32(SOCK_DGRAM.rawValue), 0)
        guard handle >= 0 else { return nil }
        defer { close(handle) }
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(other, "9", &hints, &found) == 0, let target = found else { return nil }
        defer { freeaddrinfo(target) }
        guard connect(handle, target.pointee.ai_addr, target.pointee.ai_addrlen) == 0 else {
            return nil
        }
        var own = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(handle, address, &size) == 0 ? text(of: address, size) : nil
            }
        }
    }

    /// The first address of IPv4 of an interface that is up and not the loopback's.
    private static func firstInterfaceAddress() -> String? {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return nil }
        defer { freeifaddrs(first) }
        var next = first
        while let interface = next {
            next = interface.pointee.ifa_next
            let flags = interface.pointee.ifa_flags
            guard let address = interface.pointee.ifa_addr,
                Int32(address.pointee.sa_family) == AF_INET,
                flags & isUp != 0, flags & isLoopback == 0
            else { continue }
            return text(of: address, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        return nil
    }

    private static func text(of address: UnsafePointer<sockaddr>, _ size: socklen_t) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A QR code for a terminal: two modules a character, one above the other.
struct QRPicture {
    /// Why there is no code, for people.
    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// The light modules that a reader needs around the code (ISO/IEC 18004, 6.3.8).
    private static let quietModules = 4

    private let width: Int
    private let modules: [UInt8]

    /// Encodes a text.
    ///
    /// - Throws: ``Unavailable`` where the library is missing, or the text is too long.
    init(_ text: String) throws(Unavailable) {
        let most = Int(cqrcode_max_width)
        var modules = [UInt8](repeating: 0, count: most * most)
        let width = Int(cqrcode_draw(text, &modules))
        guard width > 0 else { throw Self.reason(width) }
        self.width = width
        self.modules = modules
    }

    /// The lines to print.
    ///
    /// - Parameter colored: Whether dark and light are given as colours; else light modules are the
    ///   terminal's letters, as suits a dark one.
    /// - Returns: Lines of one width.
    func lines(colored: Bool) -> [String] {
        let range = -Self.quietModules..<(width + Self.quietModules)
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            let line = range.map { column in
                switch (isDark(row, column), isDark(row + 1, column)) {
                case (false, false): "█"
                case (false, true): "▀"
                case (true, false): "▄"
                case (true, true): " "
                }
            }.joined()
            return colored ? "\u{1B}[97;40m\(line)\u{1B}[0m" : line
        }
    }

    private func isDark(_ row: Int, _ column: Int) -> Bool {
        (0..<width).contains(row) && (0..<width).contains(column)
            && modules[row * width + column] == 1
    }

    private static func reason(_ code: Int) -> Unavailable {
        switch code {
        case Int(CQRCODE_NOT_BUILT_IN):
            Unavailable(
                description: "No QR code: the program was built without libqrencode's header. "
                    + "Install libqrencode-dev and build it again."
            )
        case Int(CQRCODE_NOT_INSTALLED):
            Unavailable(
                description: "No QR code: libqrencode is not installed. "
                    + "Install it with 'apt install libqrencode4'."
            )
        default:
            Unavailable(description: "No QR code: the address is too long for one.")
        }
    }
}
