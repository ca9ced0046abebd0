/// A metric in the words of Prometheus: one name, and a value for each set of labels.
package struct MetricFamily: Sendable, Equatable {
    /// What the values do.
    package enum Kind: String, Sendable {
        /// They only grow.
        case counter
        /// They go up and down.
        case gauge
        /// They count what was measured, by how large it was.
        case histogram
    }

    /// One value.
    package struct Sample: Sendable, Equatable {
        /// The labels, in order.
        package var labels: [Label]
        /// The value.
        package var value: Double
        /// What follows the family's name: a histogram has `_bucket`, `_sum` and `_count`.
        package var suffix: String

        /// Creates the sample.
        package init(labels: [Label] = [], value: Double, suffix: String = "") {
            self.labels = labels
            self.value = value
            self.suffix = suffix
        }
    }

    /// A label and its value.
    package struct Label: Sendable, Equatable {
        /// The label's name.
        package var name: String
        /// The label's value, any text.
        package var value: String

        /// Creates the label.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The name, with its unit and, for a counter, `_total` at the end.
    package var name: String
    /// What it is, in a line.
    package var help: String
    /// What the values do.
    package var kind: Kind
    /// The values.
    package var samples: [Sample]

    /// Creates the family from its parts.
    package init(name: String, help: String, kind: Kind, samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// The family in Prometheus' text format.
    package var text: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { label in
                "\(label.name)=\"\(Self.escaped(label.value))\""
            }
            let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            text += "\(name)\(sample.suffix)\(braces) \(Self.number(sample.value))\n"
        }
        return text
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n", "\r\n": "\\n"
            default: String(character)
            }
        }.joined()
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN {
            return "NaN"
        }
        guard value.isFinite else {
            return value > 0 ? "+Inf" : "-Inf"
        }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
