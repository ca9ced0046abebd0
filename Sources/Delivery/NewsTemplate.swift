import Foundation
import Messages
import Mustache
import Platform

/// A text with names in braces, in whose place news is put: `{{label}} on {{source}}`.
///
/// The language is Mustache without what reaches beyond the template: no other templates, no
/// other delimiters, no values that are not escaped.
package struct NewsTemplate: Sendable {
    /// How a value is escaped.
    package enum Form: Sendable {
        /// Not at all.
        case text
        /// As the inside of a JSON string.
        case json
        /// As a value of a form or a query.
        case form
        /// Without line breaks and control characters, for a field of a header.
        case field
    }

    /// The names that a template may have.
    package static let names: [String] = Array(values(of: .test(of: "", at: Date())).keys).sorted()

    private static let transforms: Set<String> = ["uppercased", "lowercased", "capitalized"]

    private let template: MustacheTemplate

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - text: The template.
    ///   - form: How values are escaped.
    ///   - key: The setting below the action that it is of, such as `webhook.body`.
    /// - Throws: What is wrong with it.
    package init(_ text: String, form: Form, key: String) throws(TemplateFault) {
        Self.registered
        try Self.check(text, key: key)
        do {
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(form.name)}}" + text)
        } catch {
            let fault = (error as? MustacheTemplate.ParserError)?.error ?? error
            throw TemplateFault(key: key, found: "a template that cannot be read (\(fault))")
        }
    }

    /// The text with the news in it.
    package func render(_ notice: Notice) -> String {
        template.render(Self.values(of: notice).compactMapValues { $0 })
    }

    /// Whether a template makes a JSON object: it begins with a bracket that begins no name.
    static func makesJSON(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace }
        return start.hasPrefix("{") && !start.hasPrefix("{{")
    }

    /// Refuses names that nothing stands for, and what reaches beyond the template.
    private static func check(_ text: String, key: String) throws(TemplateFault) {
        var rest = text[...]
        while let start = rest.range(of: "{{") {
            rest = rest[start.upperBound...]
            guard let end = rest.range(of: "}}") else {
                throw TemplateFault(key: key, found: "'{{' without '}}'")
            }
            let tag = rest[..<end.lowerBound].trimmingCharacters(in: .whitespaces)
            rest = rest[end.upperBound...]
            if tag.first == "!" { continue }
            if let sign = tag.first, "{&>=<$%*".contains(sign) {
                throw TemplateFault(
                    key: key,
                    found: "'{{\(tag)}}', which templates here don't have"
                )
            }
            var name = tag.drop { "#^/ ".contains($0) }
            if let open = name.firstIndex(of: "("), name.last == ")" {
                guard transforms.contains(String(name[..<open])) else {
                    throw TemplateFault(key: key, found: "'{{\(tag)}}', an unknown function")
                }
                name = name[name.index(after: open)...].dropLast()
            }
            guard names.contains(String(name)) else {
                throw TemplateFault(
                    key: key,
                    found: "'{{\(tag)}}', an unknown name",
                    name: String(name)
                )
            }
        }
    }

    /// What stands for each name; an empty text counts as missing in a section.
    private static func values(of notice: Notice) -> [String: String?] {
        let event = notice.event
        let milliseconds = { (date: Date) in String(date.milliseconds) }
        return [
            "rule": notice.rule, "reason": notice.reason.rawValue, "title": notice.title,
            "text": notice.text, "count": String(notice.count),
            "time": UTCTimestamp.text(notice.time), "local_time": Words.time(notice.time),
            "time_ms": milliseconds(notice.time),
            "time_s": String(notice.time.milliseconds / 1_000),
            "host": ProcessInfo.processInfo.hostName,
            "id": event.map { String($0.id) }, "source": event?.source,
            "class": event?.className, "label": event?.label, "model": event?.model,
            "start": event.map { UTCTimestamp.text($0.start) },
            "start_ms": event.map { milliseconds($0.start) },
            "end": event?.end.map { UTCTimestamp.text($0) },
            "end_ms": event?.end.map { milliseconds($0) },
            "duration_s": event?.durationSeconds.map { String(format: "%.1f", $0) },
            "peak_score": event.map { String(format: "%.2f", $0.peakScore) },
            "level_dbfs": event?.levelDBFS.map { String(format: "%.1f", $0) },
            "json": notice.json.text,
        ]
    }

    private static let registered: Void = {
        for form in [Form.json, .form, .field] {
            MustacheContentTypes.register(Escaping(form: form), named: form.name)
        }
    }()
}

extension NewsTemplate.Form {
    fileprivate var name: String {
        switch self {
        case .text: "TEXT"
        case .json: "JSON"
        case .form: "FORM"
        case .field: "FIELD"
        }
    }
}

/// Escapes the values of a template.
private struct Escaping: MustacheContentType {
    let form: NewsTemplate.Form

    func escapeText(_ text: String) -> String {
        switch form {
        case .text: return text
        case .json: return String(JSONValue.string(text).text.dropFirst().dropLast())
        case .form:
            let kept = CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
            )
            return text.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
        case .field:
            return String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }
                )
            )
        }
    }
}

/// What is wrong with a template.
package struct TemplateFault: Error, Equatable {
    /// The key of the setting below the action.
    package var key: String
    /// What was found, in words that follow "found".
    package var found: String
    /// The unknown name; nil if it is something else.
    package var name: String?
}
