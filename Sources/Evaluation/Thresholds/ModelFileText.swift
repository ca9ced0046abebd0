import Foundation

/// Changes rules in the text of a `model.yaml` and leaves everything else as it is.
///
/// Comments and order are the author's. A class must be an item that begins with `- name: NAME`;
/// its rule may be `{…}` on one line, a block of lines, or missing.
package struct ModelFileText {
    /// The text, with the changes so far.
    package var text: String { lines.joined(separator: "\n") }

    private var lines: [String]

    /// Takes the text of a `model.yaml`.
    package init(_ text: String) {
        lines = text.components(separatedBy: "\n")
    }

    /// Sets the thresholds of a class.
    ///
    /// - Returns: False if the text of the class cannot be edited safely.
    package mutating func set(_ className: String, on: Float, off: Float) -> Bool {
        set(className, rule: [("on", Self.number(on)), ("off", Self.number(off))])
    }

    /// Sets keys of a class's rule.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - values: Keys of `rule` with their new values, as they stand in the file.
    /// - Returns: False if the text of the class cannot be edited safely.
    package mutating func set(
        _ className: String,
        rule values: [(key: String, value: String)]
    )
        -> Bool
    {
        guard let item = item(of: className) else { return false }
        let indent = Self.indent(lines[item.lowerBound]) + 2
        let keys = item.dropFirst().filter { Self.indent(lines[$0]) == indent }
        guard let rule = keys.first(where: { Self.key(lines[$0]) == "rule" }) else {
            let text = values.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            lines.insert(Self.spaces(indent) + "rule: {\(text)}", at: lastLine(of: item) + 1)
            return true
        }
        let value = lines[rule].drop { $0 != ":" }.dropFirst()
        let content = value.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
        if content.hasPrefix("{") {
            guard content.hasSuffix("}") else { return false }
            for (key, value) in values.reversed() {
                lines[rule] = Self.setting(key, to: value, in: lines[rule])
            }
            return true
        }
        guard content.isEmpty else { return false }
        for (key, value) in values.reversed() {
            let end = self.item(of: className)?.upperBound ?? item.upperBound
            let block = ((rule + 1)..<end).prefix {
                lines[$0].isEmpty || Self.indent(lines[$0]) > indent
            }
            setBlock(key, to: value, in: block.startIndex..<block.endIndex, indent: indent + 2)
        }
        return true
    }

    /// Sets a key of a class to a value on one line, whatever stood there.
    ///
    /// - Returns: False if the text of the class cannot be edited safely.
    mutating func setEntry(_ key: String, of className: String, to value: String) -> Bool {
        guard let item = item(of: className) else { return false }
        let indent = Self.indent(lines[item.lowerBound]) + 2
        let line = Self.spaces(indent) + "\(key): \(value)"
        let old = item.dropFirst().first {
            Self.indent(lines[$0]) == indent && Self.key(lines[$0]) == key
        }
        if let old {
            lines.replaceSubrange(old..<endOfBlock(after: old), with: [line])
        } else {
            lines.insert(line, at: item.lowerBound + 1)
        }
        return true
    }

    /// Sets a section of the file to a value on one line, before the classes if it is new.
    mutating func setSection(_ key: String, to value: String) {
        let line = "\(key): \(value)"
        if let old = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
            lines.replaceSubrange(old..<endOfBlock(after: old), with: [line])
            return
        }
        var place = lines.firstIndex { $0.hasPrefix("classes:") } ?? lines.endIndex
        // A comment over the classes stays with them.
        while place > 0, lines[place - 1].hasPrefix("#") { place -= 1 }
        lines.insert(contentsOf: [line, ""], at: place)
    }

    /// The first line after a key that does not belong to its value.
    private func endOfBlock(after line: Int) -> Int {
        let indent = Self.indent(lines[line])
        let end = lines[(line + 1)...].firstIndex {
            Self.isBlank($0) || Self.indent($0) <= indent
        }
        return end ?? lines.endIndex
    }

    /// The lines of a class; a group of that name stands for the network's class.
    private func item(of className: String) -> Range<Int>? {
        item(of: className, in: "groups") ?? item(of: className, in: "classes")
    }

    private func item(of className: String, in section: String) -> Range<Int>? {
        guard let section = lines.firstIndex(where: { $0.hasPrefix("\(section):") }) else {
            return nil
        }
        let sectionEnd =
            lines[(section + 1)...].firstIndex { line in
                line.first.map { !" -#".contains($0) } ?? false
            } ?? lines.endIndex
        let names = [className, "\"\(className)\"", "'\(className)'"]
        let start = lines[(section + 1)..<sectionEnd].firstIndex { line in
            let words = line.trimmingCharacters(in: .whitespaces)
            return words.hasPrefix("- name:")
                && names.contains(
                    words.dropFirst("- name:".count).prefix { $0 != "#" }
                        .trimmingCharacters(in: .whitespaces)
                )
        }
        guard let start else { return nil }
        let end = lines[(start + 1)...].firstIndex { line in
            !Self.isBlank(line) && Self.indent(line) <= Self.indent(lines[start])
        }
        return start..<(end ?? lines.count)
    }

    private func lastLine(of item: Range<Int>) -> Int {
        item.last { !Self.isBlank(lines[$0]) } ?? item.lowerBound
    }

    private mutating func setBlock(
        _ key: String,
        to value: String,
        in block: Range<Int>,
        indent: Int
    ) {
        let line = "\(key): \(value)"
        if let old = block.first(where: { Self.key(lines[$0]) == key }) {
            let comment = lines[old].firstIndex(of: "#").map { " " + lines[old][$0...] } ?? ""
            lines[old] = Self.spaces(Self.indent(lines[old])) + line + comment
        } else {
            let depth = block.first { !Self.isBlank(lines[$0]) }.map { Self.indent(lines[$0]) }
            lines.insert(Self.spaces(depth ?? indent) + line, at: block.lowerBound)
        }
    }

    /// A line's `{…}` with a key set, added in front if it is not there.
    private static func setting(_ key: String, to value: String, in line: String) -> String {
        var changed = line
        let pattern = "([{,]\\s*)\(key)\\s*:\\s*[^,}]+"
        if let range = line.range(of: pattern, options: .regularExpression) {
            let lead = line[range].prefix { !$0.isLetter }
            changed.replaceSubrange(range, with: "\(lead)\(key): \(value)")
        } else if let brace = line.firstIndex(of: "{") {
            let rest = line[line.index(after: brace)...]
            let isEmpty = rest.trimmingCharacters(in: .whitespaces).hasPrefix("}")
            changed.insert(
                contentsOf: "\(key): \(value)" + (isEmpty ? "" : ", "),
                at: line.index(after: brace)
            )
        }
        return changed
    }

    static func number(_ value: Float) -> String { String(format: "%g", value) }

    private static func key(_ line: String) -> String {
        String(line.prefix { $0 != ":" }).trimmingCharacters(in: .whitespaces)
    }

    private static func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static func isBlank(_ line: String) -> Bool {
        let words = line.trimmingCharacters(in: .whitespaces)
        return words.isEmpty || words.hasPrefix("#")
    }
}

extension ModelFileText {
    /// Sets the temperature of all classes.
    package mutating func setTemperature(_ temperature: Float) {
        setSection("calibration", to: "{temperature: \(Self.number(temperature))}")
    }

    /// Sets which windows are of no known class.
    package mutating func setOpenSet(score: String, threshold: Float) {
        setSection("open_set", to: "{score: \(score), threshold: \(Self.number(threshold))}")
    }

    /// Sets the scaling of a class.
    ///
    /// - Returns: False if the text of the class cannot be edited safely.
    package mutating func setScaling(
        _ className: String,
        slope: Float,
        offset: Float
    ) -> Bool {
        setEntry(
            "calibration",
            of: className,
            to: "{slope: \(Self.number(slope)), offset: \(Self.number(offset))}"
        )
    }
}
