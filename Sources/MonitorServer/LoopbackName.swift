/// Names and addresses by which a machine calls itself.
enum LoopbackName {
    /// Whether a host without port means this machine only.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" || host == "[::1]" {
            return true
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in UInt8(part) != nil && part.allSatisfy(\.isNumber) }
    }

    /// Whether a `Host` header, with or without port, means this machine only.
    static func isLoopback(authority: String) -> Bool {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                return false
            }
            return isLoopback(String(authority[...end]))
        }
        let host = authority.prefix { $0 != ":" }
        return isLoopback(String(host))
    }
}
