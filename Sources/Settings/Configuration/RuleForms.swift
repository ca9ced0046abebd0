import Foundation

extension ValueForm where Value == [String] {
    /// A name or a list of them; a word stands for the empty list.
    static func nameOrNames(empty word: String) -> ValueForm {
        ValueForm(
            allowed: "a name, a list of names such as [dog_bark, doorbell], or \(word)",
            read: { node in
                if node.text == word { return [] }
                guard let names = node.texts, !names.isEmpty,
                    names.allSatisfy(ValueForm<String>.isName)
                else { return nil }
                return names
            },
            write: { $0.isEmpty ? word : $0.count == 1 ? $0[0] : list($0) }
        )
    }

    /// A program by its whole path with its arguments.
    static var commandLine: ValueForm {
        ValueForm(
            allowed: "a list of a program's whole path and its arguments, such as "
                + "[/usr/local/bin/lamp, red]",
            read: { node in
                guard case .sequence = node.content, let words = node.texts,
                    words.first?.hasPrefix("/") == true,
                    words.allSatisfy({ !$0.utf8.contains(0) })
                else { return nil }
                return words
            },
            write: { $0.isEmpty ? "none" : list($0) },
            advice: { node in
                switch node.texts?.first {
                case let first? where first.contains(" "):
                    "there is no shell: write each argument as an element of the list"
                case let first? where !first.hasPrefix("/"):
                    "give the program's whole path; 'command -v \(first)' says it"
                default: ""
                }
            }
        )
    }

    /// Addresses of mail.
    static var mailAddresses: ValueForm {
        ValueForm(
            allowed: "an address such as me@example.org, or a list of them",
            read: { node in
                guard let addresses = node.texts, !addresses.isEmpty,
                    addresses.allSatisfy({
                        // One that begins with '-' would be an option of sendmail.
                        $0.wholeMatch(of: /[A-Za-z0-9_][^\s,;<>"]*/) != nil
                    })
                else { return nil }
                return addresses
            },
            write: { $0.isEmpty ? "none" : list($0) }
        )
    }
}

extension ValueForm where Value == [[String]] {
    /// A list of names, of which some may be lists of names.
    static var groupsOfNames: ValueForm {
        let group = ValueForm<[String]>.nameOrNames(empty: "")
        return ValueForm(
            allowed: "a list of names or lists of them, such as [glass, [speech, shout]]",
            read: { node in
                guard case .sequence(let nodes) = node.content, !nodes.isEmpty else { return nil }
                let groups = nodes.compactMap(group.read)
                return groups.count == nodes.count ? groups : nil
            },
            write: { $0.isEmpty ? "none" : list($0.map(group.write)) }
        )
    }
}

private func list(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }

extension ValueForm where Value == [MonitorFault] {
    /// Faults of the monitor.
    static var faults: ValueForm {
        let words = MonitorFault.allCases.map(\.rawValue)
        return ValueForm(
            allowed: "one or a list of \(words.joined(separator: ", "))",
            read: { node in
                guard let texts = node.texts, !texts.isEmpty else { return nil }
                let faults = texts.compactMap(MonitorFault.init)
                return faults.count == texts.count ? faults : nil
            },
            write: { $0.isEmpty ? "none" : "[\($0.map(\.rawValue).joined(separator: ", "))]" }
        )
    }
}

extension ValueForm where Value == String {
    /// An address of the web, shown without its path, where receivers have their secrets.
    static var webAddress: ValueForm {
        ValueForm(
            allowed: "an address that begins with https:// or http://",
            read: { node in
                guard let text = node.text, let parts = URLComponents(string: text),
                    ["http", "https"].contains(parts.scheme?.lowercased()),
                    parts.host?.isEmpty == false,
                    text.allSatisfy({ $0.isASCII && !$0.isWhitespace })
                else { return nil }
                return text
            },
            write: { text in
                let parts = URLComponents(string: text)
                let port = parts?.port.map { ":\($0)" } ?? ""
                return "\(parts?.scheme ?? "")://\(parts?.host ?? "")\(port)/..."
            }
        )
    }

    /// A template of any number of lines.
    static var template: ValueForm {
        ValueForm(
            allowed: "a text, which may be a template",
            read: { node in node.text },
            write: { text in
                let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
                return line.count > 60 ? line.prefix(57) + "..." : line
            }
        )
    }

    /// A template of one line that is not shown, since it may hold a secret.
    static var secretTemplate: ValueForm {
        ValueForm(
            allowed: "a text of one line, which may be a template",
            read: { node in
                guard let text = node.text, !text.contains(where: \.isNewline) else { return nil }
                return text
            },
            write: { _ in "***" }
        )
    }
}
