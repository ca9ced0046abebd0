import CQRCode

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
