import Settings

/// The labels of a network's classes in the order of its scores, and names made of them.
package struct ClassLabels: Equatable, Sendable {
    /// What people read, such as `Dog`.
    package private(set) var labels: [String]
    /// What files and queries hold, such as `dog`; no two are the same.
    package private(set) var names: [String]

    /// Takes labels as they are.
    package init(_ labels: [String]) {
        self.labels = labels
        names = Self.uniqueNames(for: labels)
    }

    /// Takes lines of `Scientific name_Common name`, as BirdNET has them.
    ///
    /// The scientific name, which is the same in every language, becomes the name.
    package init(species lines: [String]) {
        let pairs = lines.map { line -> (String, String) in
            guard let bar = line.firstIndex(of: "_") else { return (line, line) }
            return (String(line[..<bar]), String(line[line.index(after: bar)...]))
        }
        labels = pairs.map { $0.1.isEmpty ? $0.0 : $0.1 }
        names = Self.uniqueNames(for: pairs.map(\.0))
    }

    /// Reads a file of labels: a label a line, or CSV with a header and a column of names.
    ///
    /// Numbers in front of all labels, as Teachable Machine writes them, are left out.
    /// - Returns: The labels; nil if there are none.
    package static func read(_ text: String) -> [String]? {
        var lines = text.split(whereSeparator: \.isNewline).map {
            String($0).trimmingSpaces
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        if lines.first?.first == "\u{FEFF}" { lines[0].removeFirst() }
        guard let header = lines.first else { return nil }
        let columns = fields(of: header).map { $0.lowercased() }
        let column = ["display_name", "name", "label"].lazy.compactMap(columns.firstIndex).first
        if columns.count > 1, let column {
            return lines.dropFirst().map { line in
                let fields = fields(of: line)
                return fields.indices.contains(column) ? fields[column] : line
            }
        }
        let isNumbered = lines.enumerated().allSatisfy { $1.hasPrefix("\($0) ") }
        return isNumbered
            ? lines.enumerated().map { String($1.dropFirst("\($0) ".count)) } : lines
    }

    /// Labels for classes of which nothing is known.
    package static func numbered(_ count: Int) -> [String] {
        (0..<count).map { "Class \($0)" }
    }

    /// A name of lower-case letters, digits and underscores for a text.
    package static func name(for text: String) -> String {
        var name = ""
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                name.append(character)
            } else if !name.isEmpty, name.last != "_" {
                name.append("_")
            }
        }
        name = String(name.prefix(64))
        while name.last == "_" { name.removeLast() }
        return name.isEmpty ? "sound" : name
    }

    private static func uniqueNames(for texts: [String]) -> [String] {
        // The name of sounds of no known class is taken.
        var seen: Set<String> = [SoundClass.unknown.name]
        return texts.map { text in
            let base = name(for: text)
            var (name, number) = (base, 2)
            while !seen.insert(name).inserted {
                name = "\(base.prefix(58))_\(number)"
                number += 1
            }
            return name
        }
    }

    /// The fields of a line of CSV; a field in quotes may hold commas and doubled quotes.
    private static func fields(of line: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }
}
