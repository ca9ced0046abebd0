/// The header of an `.npy` file: a Python dictionary with three known keys.
struct NPYHeader {
    /// The header as it stands in the file, without the padding.
    let text: String

    init(_ text: String) {
        self.text = String(text.prefix { $0 != "\n" }).trimmingTrailingSpaces()
    }

    /// The type of the numbers, such as `<f4`.
    var descriptor: String? {
        value(of: "descr").flatMap { value in
            guard let quote = value.first, quote == "'" || quote == "\"" else { return nil }
            return String(value.dropFirst().prefix { $0 != quote })
        }
    }

    /// Whether the numbers are stored column by column.
    var isColumnMajor: Bool { value(of: "fortran_order")?.hasPrefix("True") ?? false }

    /// The axes, with what is not a length of an axis left out.
    var shape: (lengths: [Int], count: Int, isValid: Bool) {
        guard let value = value(of: "shape"), value.first == "(",
            let end = value.firstIndex(of: ")")
        else { return ([], 0, false) }
        let entries = value[value.index(after: value.startIndex)..<end].split(separator: ",")
            .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        let lengths = entries.compactMap { Int($0) }.filter { $0 >= 0 }
        return (lengths, lengths.count, lengths.count == entries.count)
    }

    /// What stands after a key and its colon.
    private func value(of key: String) -> Substring? {
        for quote in ["'", "\""] {
            guard let range = text.firstRange(of: "\(quote)\(key)\(quote)") else { continue }
            let rest = text[range.upperBound...].drop { $0 == " " }
            guard rest.first == ":" else { return nil }
            return rest.dropFirst().drop { $0 == " " }
        }
        return nil
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
