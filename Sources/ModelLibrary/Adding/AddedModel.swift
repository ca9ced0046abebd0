import Detection
import LogMelFeatures
package import NeuralNetwork
package import Platform
import Settings

/// A model folder's content made of a network's file.
package struct AddedModel: Sendable {
    /// What `model.yaml` will say.
    package let about: ModelDescription
    /// What kind of network it is.
    package let kind: AddedNetwork.Kind
    /// What the user should know of it, a line each.
    package let notices: [String]
    /// Whether the activation is a guess that a trial has to confirm.
    let isActivationGuessed: Bool
    private let preset: Preset?

    /// Describes a network.
    ///
    /// - Parameters:
    ///   - model: The content of the file.
    ///   - fileName: The name of the file, after which a network of no known kind is called.
    ///   - labels: The labels of the classes, from the file itself or from one beside it; nil: none.
    ///   - options: What the user says of it.
    ///   - digest: That of the file.
    /// - Throws: What is missing, or why it can't be listened with.
    package init(
        _ model: Model,
        fileName: String,
        labels: [String]?,
        options: AddedModelOptions,
        digest: SHA256Digest
    ) throws(AddedModelError) {
        let network = try AddedNetwork(model, options: options, labelCount: labels?.count)
        kind = network.kind
        var notices: [String] = []
        var about = ModelDescription()
        let front = try network.frontEnd(options)
        (about.frontEnd, preset) = (front.frontEnd, front.preset)
        let classes = try Self.labels(of: network, given: labels, &notices)
        about.name = options.name ?? Self.name(of: kind, fileName)
        guard ValueForm<String>.isName(about.name) else {
            throw .usage(
                "'\(about.name)' can't be a model's name. Give --name with "
                    + "\(ValueForm<String>.name.allowed)."
            )
        }
        about.version = kind == .birdNET ? "2.4" : "1"
        about.summary = Self.summary(of: kind, fileName)
        about.network.input = network.input
        about.network.windowFrames = front.windowFrames
        about.network.scores = network.scores
        about.network.activation = options.activation ?? (kind == .birdNET ? .sigmoid : .none)
        about.network.sha256 = digest.description
        about.location = options.location
        about.network.overlapSeconds = options.overlap ?? (kind == .birdNET ? 1.5 : nil)
        about.network.hopSeconds = kind == .yamnet && options.overlap == nil ? 0.48 : nil
        if let overlap = options.overlap, !(0..<about.windowSeconds).contains(overlap) {
            throw .usage(
                "--overlap is \(overlap); give 0 or more seconds, less than the window's "
                    + "\(about.windowSeconds)."
            )
        }
        isActivationGuessed = options.activation == nil && kind == .other
        about.network.sensitivity = try Self.sensitivity(
            options,
            activation: about.network.activation
        )
        about.classes = zip(classes.names, classes.labels).map { name, label in
            SoundClass(name: name, label: label)
        }
        if kind == .yamnet { about.groupHouseholdSounds() }
        if kind == .birdNET { about.rule.smoothing = WindowSmoothing(windows: 1) }
        about.provenance.trainedOn = Self.origin(of: kind)
        about.provenance.licence = options.licence ?? Self.licence(of: kind)
        about.provenance.recipe = "Added from the file '\(fileName)' by earwitness models add."
        self.about = about
        self.notices = notices
    }

    private static func labels(
        of network: AddedNetwork,
        given labels: [String]?,
        _ notices: inout [String]
    ) throws(AddedModelError) -> ClassLabels {
        let labels = labels ?? (network.kind == .yamnet ? AudioSetLabels.yamnet : nil)
        guard let count = network.classCount ?? labels?.count else {
            throw .usage(
                "The network leaves the number of its classes open. Give --labels FILE, a line a "
                    + "class."
            )
        }
        guard let labels else {
            notices.append(
                "The classes have no names in the file; they are numbered. --labels FILE, a line a "
                    + "class, names them."
            )
            return ClassLabels(ClassLabels.numbered(count))
        }
        guard labels.count == count else {
            throw .badData(
                "There are \(labels.count) labels for the network's \(count) classes. Give --labels "
                    + "a file with a line for each class, in the order of the scores."
            )
        }
        return network.kind == .birdNET ? ClassLabels(species: labels) : ClassLabels(labels)
    }

    private static func sensitivity(
        _ options: AddedModelOptions,
        activation: ScoreActivation
    ) throws(AddedModelError) -> Double? {
        guard let sensitivity = options.sensitivity else { return nil }
        guard activation == .sigmoid else {
            throw .usage(
                "--sensitivity is for networks whose scores are logits, as BirdNET's; leave it out."
            )
        }
        guard (0.5...1.5).contains(sensitivity) else {
            throw .usage("--sensitivity is \(sensitivity); give a number from 0.5 to 1.5.")
        }
        return sensitivity
    }

    private static func name(of kind: AddedNetwork.Kind, _ fileName: String) -> String {
        switch kind {
        case .yamnet: return "yamnet"
        case .birdNET: return "birdnet"
        case .teachableMachine, .other:
            let stem = fileName.lastIndex(of: ".").map { fileName[..<$0] } ?? fileName[...]
            return ClassLabels.name(for: String(stem))
        }
    }

    private static func summary(of kind: AddedNetwork.Kind, _ fileName: String) -> String {
        switch kind {
        case .yamnet: "YAMNet, Google's network for AudioSet's classes, in groups for a home."
        case .birdNET: "BirdNET v2.4, which names birds and other animals by their calls."
        case .teachableMachine: "A sound project of Teachable Machine, from '\(fileName)'."
        case .other: "The network of the file '\(fileName)'."
        }
    }

    private static func origin(of kind: AddedNetwork.Kind) -> String {
        switch kind {
        case .yamnet: "AudioSet: two million clips of ten seconds."
        case .birdNET: "Recordings of Xeno-canto, the Macaulay Library and others."
        case .teachableMachine, .other: "Unknown: see where you got the file."
        }
    }

    private static func licence(of kind: AddedNetwork.Kind) -> String {
        switch kind {
        case .yamnet: "Apache License 2.0, as Google publishes it."
        case .birdNET:
            "CC BY-NC-SA 4.0 (not for commercial use), as the K. Lisa Yang Center publishes it."
        case .teachableMachine, .other: "Unknown licence: see where you got it."
        }
    }
}

extension ModelDescription {
    /// Adds the groups for a home whose members the model has.
    fileprivate mutating func groupHouseholdSounds() {
        let names = Dictionary(classes.map { ($0.label, $0.name) }) { first, _ in first }
        groups = HouseholdGroups.rows.compactMap { row in
            let members = row.members.compactMap { names[$0] }
            guard !members.isEmpty else { return nil }
            var rule = ClassRuleOverlay()
            rule.on = row.on
            rule.minDurationSeconds = row.minDurationSeconds
            return ClassGroup(
                SoundClass(
                    name: row.name,
                    label: row.label,
                    isPrivate: row.isPrivate,
                    isEnabled: row.isEnabled,
                    rule: rule
                ),
                members: members
            )
        }
        let isPrivate = Set(groups.filter(\.soundClass.isPrivate).flatMap(\.members))
        for index in classes.indices {
            classes[index].isPrivate =
                isPrivate.contains(classes[index].name)
                || HouseholdGroups.privateClasses.contains(classes[index].label)
        }
        // A class in no group must not have the name of a group.
        let grouped = Set(groups.flatMap(\.members))
        let taken = Set(groups.map(\.soundClass.name))
        for index in classes.indices
        where taken.contains(classes[index].name) && !grouped.contains(classes[index].name) {
            classes[index].name += "_class"
        }
    }
}

extension AddedModel {
    /// The text of `model.yaml`.
    package var text: String {
        var lines = ["# Written by earwitness models add; docs/models.md explains every key."]
        lines.append("name: \(Self.quoted(about.name))")
        lines.append("version: \(Self.quoted(about.version))")
        lines.append("description: \(Self.quoted(about.summary))")
        lines += ["", "front_end:"] + frontEndLines.map { "  \($0)" }
        lines += ["", "network:"]
        lines += entries(about.network, NetworkDescription(), NetworkDescription.settings)
        if about.location != LocationDescription() {
            lines += ["", "location:"]
            lines += entries(about.location, LocationDescription(), LocationDescription.settings)
        }
        if about.rule != ClassRuleOverlay() {
            lines += ["", "rule:"]
            lines += entries(about.rule, ClassRuleOverlay(), ClassRuleOverlay.settings)
        }
        if !about.groups.isEmpty {
            lines += ["", "# What is reported: each class scores as the highest of its members."]
            lines.append("groups:")
            for group in about.groups {
                lines += self.lines(of: group.soundClass)
                lines.append("    members: [\(group.members.joined(separator: ", "))]")
            }
        }
        lines += ["", "# In the order of the network's scores.", "classes:"]
        for soundClass in about.classes { lines += self.lines(of: soundClass) }
        lines += ["", "provenance:"]
        lines.append("  trained_on: \(Self.quoted(about.provenance.trainedOn))")
        lines.append("  licence: \(Self.quoted(about.provenance.licence))")
        if let recipe = about.provenance.recipe {
            lines.append("  recipe: \(Self.quoted(recipe))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var frontEndLines: [String] {
        let frontEnd = about.frontEnd
        if let preset {
            let own = preset.frontEnd
            var lines = ["preset: \(preset.rawValue)"]
            if frontEnd.bandCount != own.bandCount {
                lines.append("band_count: \(frontEnd.bandCount)")
            }
            if frontEnd.layout != own.layout { lines.append("layout: \(frontEnd.layout.rawValue)") }
            return lines
        }
        return [
            "representation: waveform", "sample_rate_hz: \(frontEnd.sampleRateHz)",
            "hop_length: \(frontEnd.hopLength)",
        ]
    }

    private func lines(of soundClass: SoundClass) -> [String] {
        var lines = [
            "  - name: \(soundClass.name)", "    label: \(Self.quoted(soundClass.label))",
        ]
        if soundClass.isPrivate { lines.append("    private: true") }
        if !soundClass.isEnabled { lines.append("    enabled: false") }
        let rule = pairs(soundClass.rule, ClassRuleOverlay(), ClassRuleOverlay.settings)
        if !rule.isEmpty {
            let text = rule.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            lines.append("    rule: {\(text)}")
        }
        return lines
    }

    private func entries<Section>(
        _ section: Section,
        _ usual: Section,
        _ table: SettingsTable<Section>
    ) -> [String] {
        pairs(section, usual, table).map { "  \($0.key): \($0.value)" }
    }

    /// The settings of a section that differ from those that hold without it.
    private func pairs<Section>(
        _ section: Section,
        _ usual: Section,
        _ table: SettingsTable<Section>
    ) -> [(key: String, value: String)] {
        zip(table.values(of: section), table.values(of: usual))
            .filter { $0.text != $1.text || ["activation"].contains($0.key) }
            .map { value, _ in
                let isText = ["input", "scores", "embedding", "sha256"].contains(value.key)
                return (value.key, isText ? Self.quoted(value.text) : value.text)
            }
    }

    /// A text in double quotes, as JSON and YAML have it.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
