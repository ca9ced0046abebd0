package import Detection
package import LogMelFeatures
package import Settings

/// The content of a model's `model.yaml`.
package struct ModelDescription: Equatable, Sendable {
    /// The name under which events refer to the model, such as `household-1`.
    package var name = ""
    /// The version of the model.
    package var version = ""
    /// What the model is for, in a sentence or a few.
    package var summary = ""
    /// What the network computes from sound.
    package var frontEnd = FrontEnd()
    /// The network's names and sizes.
    package var network = NetworkDescription()
    /// What tells the classes where there is no network.
    package var cadences: [Cadence] = []
    /// What tells them where their tones differ in pitch.
    package var tunes: [Tune] = []
    /// Where it listens.
    package var location = LocationDescription()
    /// How scores become events, for all classes.
    package var rule = ClassRuleOverlay()
    /// The divisor of all logits.
    package var calibration = TemperatureDescription()
    /// When a window is of no known class.
    package var openSet = OpenSetDescription()
    /// The classes in the order of the network's scores.
    package var classes: [SoundClass] = []
    /// The classes for people that are made of several of the network's; empty: those themselves.
    package var groups: [ClassGroup] = []
    /// Where the model came from.
    package var provenance = ModelProvenance()
    /// How well it does.
    package var metrics: [ModelMetric] = []

    /// Creates the description of nothing.
    package init() {}

    /// What the model says of single classes, by class name.
    package var classRules: [String: ClassRuleOverlay] {
        var rules: [String: ClassRuleOverlay] = [:]
        for soundClass in eventClasses {
            rules[soundClass.name] = soundClass.rule
            if !soundClass.isEnabled, soundClass.rule.isEnabled == nil {
                rules[soundClass.name]?.isEnabled = false
            }
        }
        return rules
    }

    /// The classes that events may have: the model's and, last, that of unknown sounds.
    package var eventClasses: [SoundClass] { soundClasses + [.unknown] }

    /// The classes that only collect other sounds.
    package var collectors: Set<String> {
        Set(soundClasses.filter { !$0.isReported }.map(\.name))
    }

    /// What logits are divided by, after calibration and sensitivity.
    package var temperature: Float { calibration.temperature / network.sensitivityFactor }

    /// The seconds of a window.
    package var windowSeconds: Double {
        let samples = (network.windowFrames - 1) * frontEnd.hopLength + frontEnd.frameLength
        return Double(samples) / Double(frontEnd.sampleRateHz)
    }

    /// The step between two windows that the model is meant for, in seconds; nil: the usual one.
    package var hopSeconds: Double? {
        network.hopSeconds ?? network.overlapSeconds.map { windowSeconds - $0 }
    }

    /// The calibration of the scores.
    package var scoreCalibration: ScoreCalibration {
        ScoreCalibration(
            temperature: temperature,
            classes: classes.map { soundClass in
                soundClass.calibration == LogisticCalibration() ? nil : soundClass.calibration
            }
        )
    }
}

extension ModelDescription {
    /// Reads the text of a `model.yaml`.
    ///
    /// - Parameters:
    ///   - text: The YAML.
    ///   - file: The path that problems name.
    /// - Returns: The description.
    /// - Throws: ``ModelFolderError/invalidDescription(_:)`` with every problem.
    package static func read(
        _ text: String,
        file: String
    ) throws(ModelFolderError)
        -> ModelDescription
    {
        var reading = DocumentReading()
        var description = ModelDescription()
        do {
            let document = try YAMLReader.read(text, file: file, reading: &reading)
            let hasNetwork = ["cadences", "tunes"].allSatisfy { document.entry(at: $0) == nil }
            let keys = hasNetwork ? settings : cadenceSettings
            keys.read(document, path: "", into: &description, reading: &reading)
            description.completeCadences()
            for problem in description.contradictions(file: file, positions: reading.positions) {
                reading.report(problem)
            }
        } catch {
            reading.report(error)
        }
        guard reading.problems.isEmpty else { throw .invalidDescription(reading.problems) }
        return description
    }

    private func contradictions(
        file: String,
        positions: [String: DocumentPosition]
    ) -> [DocumentProblem] {
        func problem(_ key: String, found: String, allowed: String) -> DocumentProblem {
            DocumentProblem(
                position: positions[key] ?? DocumentPosition(file: file, line: 1, column: 1),
                key: key,
                found: found,
                allowed: allowed
            )
        }
        var problems: [DocumentProblem] = []
        for key in ["cadences", "tunes"] where positions[key] != nil && !hasCadences {
            problems.append(
                problem(key, found: "an empty list", allowed: "at least one of \(key)")
            )
        }
        if positions["classes"] != nil, classes.isEmpty {
            problems.append(
                problem("classes", found: "an empty list", allowed: "at least one class")
            )
        }
        var names: Set<String> = []
        let described =
            groups.enumerated().map { ("groups[\($0)]", $1.soundClass) }
            + classes.enumerated().map { ("classes[\($0)]", $1) }
        for (path, soundClass) in described {
            let isGroup = path.hasPrefix("groups")
            if !isGroup, !soundClass.name.isEmpty, !names.insert(soundClass.name).inserted {
                problems.append(
                    problem(
                        "\(path).name",
                        found: "'\(soundClass.name)' again",
                        allowed: "a different name for each class"
                    )
                )
            }
            if soundClass.name == SoundClass.unknown.name {
                problems.append(
                    problem(
                        "\(path).name",
                        found: "'\(soundClass.name)'",
                        allowed:
                            "any other name; 'unknown' is reserved for sounds of no known class"
                    )
                )
            }
            if let fault = soundClass.rule.contradiction() {
                problems.append(
                    problem(
                        "\(path).rule.\(fault.key)",
                        found: fault.found,
                        allowed: fault.allowed
                    )
                )
            }
        }
        problems += contradictionsOfCadences().map { problem($0, found: $1, allowed: $2) }
        problems += contradictionsOfSettings().map { problem($0, found: $1, allowed: $2) }
        problems += contradictionsOfGroups().map { problem($0, found: $1, allowed: $2) }
        if let fault = rule.contradiction() {
            problems.append(
                problem("rule.\(fault.key)", found: fault.found, allowed: fault.allowed)
            )
        }
        return problems
    }

    private func contradictionsOfSettings() -> [(key: String, found: String, allowed: String)] {
        var problems: [(key: String, found: String, allowed: String)] = []
        if let overlap = network.overlapSeconds {
            if network.hopSeconds != nil {
                problems.append(("network.overlap", "a value beside hop_s", "only one of the two"))
            } else if overlap >= windowSeconds {
                problems.append(
                    ("network.overlap", "\(overlap)", "less than a window of \(windowSeconds) s")
                )
            }
        }
        if network.sensitivity != nil, network.activation != .sigmoid {
            problems.append(
                (
                    "network.sensitivity", "a value with activation \(network.activation.rawValue)",
                    "none, since it is for networks with activation sigmoid"
                )
            )
        }
        if (location.latitude == nil) != (location.longitude == nil) {
            let (given, missing) =
                location.latitude == nil ? ("longitude", "latitude") : ("latitude", "longitude")
            problems.append(("location.\(given)", "a value without \(missing)", "both or none"))
        }
        return problems
    }
}

/// What `model.yaml` says of the network beside it: the section `network`.
package struct NetworkDescription: Equatable, Sendable {
    /// The name of the network's only input: patches of features.
    package var input = ""
    /// The number of frames in a window.
    package var windowFrames = 0
    /// The name of the output with one number a class.
    package var scores = ""
    /// What turns that output into probabilities.
    package var activation = ScoreActivation.none
    /// The name of the output with the last layer's input, if the network has one.
    package var embedding: String?
    /// The SHA-256 of the network's file in hexadecimal digits; nil if the model does not name it.
    package var sha256: String?
    /// The step between two windows that the model is meant for, in seconds; nil: the usual one.
    package var hopSeconds: Double?
    /// The same, as the seconds that two neighbouring windows share.
    package var overlapSeconds: Double?
    /// How willing BirdNET is to name a species, 0.5 to 1.5; nil: as the network is.
    package var sensitivity: Double?

    /// Creates the description of an unknown network.
    package init() {}

    /// What BirdNET multiplies logits by: 2 - sensitivity, from 0.5 to 1.5.
    var sensitivityFactor: Float { Float(max(0.5, min(2 - (sensitivity ?? 1), 1.5))) }
}

/// What `model.yaml` says of windows that are of no known class: the section `open_set`.
package struct OpenSetDescription: Equatable, Sendable {
    /// How familiar a window is.
    package var score = FamiliarityScore.energy
    /// Windows less familiar than this are of no known class; nil: none is rejected.
    package var threshold: Float?

    /// Creates the description by which nothing is rejected.
    package init() {}
}

/// What `model.yaml` says of the calibration of all classes: the section `calibration`.
package struct TemperatureDescription: Equatable, Sendable {
    /// What all logits are divided by, above 0.
    package var temperature: Float = 1

    /// Creates the description that changes nothing.
    package init() {}
}

/// Where a model came from: the section `provenance` of `model.yaml`.
package struct ModelProvenance: Equatable, Sendable {
    /// The recordings it was trained on.
    package var trainedOn = ""
    /// Under which licence it may be used and passed on.
    package var licence = ""
    /// How it was made, such as a command or a paper.
    package var recipe: String?

    /// Creates the description of a model of unknown origin.
    package init() {}
}

/// One figure of how well a model does: an element of `metrics` in `model.yaml`.
package struct ModelMetric: Equatable, Sendable {
    /// What was measured, such as `clip_accuracy`.
    package var name = ""
    /// The figure.
    package var value: Double = 0
    /// The standard deviation over the repetitions, if there were any.
    package var deviation: Double?
    /// How it was measured.
    package var protocolText = ""

    /// Creates an empty figure.
    package init() {}
}
