import Detection
package import Settings

/// A class for people that is made of several of the network's: an element of `groups`.
///
/// Its score is the greatest of its members'.
package struct ClassGroup: Equatable, Sendable {
    /// The class that is reported.
    package var soundClass = SoundClass()
    /// The names of the network's classes that it is made of, at least one.
    package var members: [String] = []

    /// Creates a group without members.
    package init() {}

    /// Creates the group from its parts.
    package init(_ soundClass: SoundClass, members: [String]) {
        self.soundClass = soundClass
        self.members = members
    }
}

extension ClassGroup {
    /// The keys of an element of `groups`.
    package static let settings = SettingsTable<ClassGroup>(
        SettingsRow.inline(\.soundClass, SoundClass.settings) + [
            .value("members", \.members, .memberNames).required
                .help("The network's classes that it is made of; its score is their greatest.")
        ]
    )
}

extension ValueForm where Value == [String] {
    fileprivate static var memberNames: ValueForm {
        ValueForm(
            allowed: "a list of names from 'classes', at least one",
            read: { node in
                guard case .sequence(let nodes) = node.content, !nodes.isEmpty else { return nil }
                let names = nodes.compactMap(ValueForm<String>.name.read)
                return names.count == nodes.count ? names : nil
            },
            write: { "[\($0.joined(separator: ", "))]" }
        )
    }
}

extension ModelDescription {
    /// The classes that sounds are reported by: the groups, then the network's classes in no group.
    ///
    /// Where there are groups, a class in none is off unless its rule says `enabled: true`.
    package var soundClasses: [SoundClass] {
        guard !groups.isEmpty else { return classes }
        return groups.map(\.soundClass)
            + singlePlaces.map { place in
                var single = classes[place]
                single.isEnabled = single.rule.isEnabled ?? false
                return single
            }
    }

    /// The places among the network's classes of those that are in no group.
    var singlePlaces: [Int] {
        let grouped = Set(groups.flatMap(\.members))
        return classes.indices.filter { !grouped.contains(classes[$0].name) }
    }

    /// Changes a class of ``soundClasses`` where it is described.
    ///
    /// - Returns: False if there is no such class.
    package mutating func change(_ name: String, _ body: (inout SoundClass) -> Void) -> Bool {
        if let group = groups.firstIndex(where: { $0.soundClass.name == name }) {
            body(&groups[group].soundClass)
            return true
        }
        guard let place = classes.firstIndex(where: { $0.name == name }) else { return false }
        body(&classes[place])
        return true
    }

    /// What is wrong with the groups, each with its key.
    func contradictionsOfGroups() -> [(key: String, found: String, allowed: String)] {
        guard !classes.isEmpty else { return [] }
        let known = Set(classes.map(\.name))
        let names = classes.map(\.name)
        var problems: [(key: String, found: String, allowed: String)] = []
        var seen: Set<String> = []
        for (index, group) in groups.enumerated() {
            let path = "groups[\(index)]"
            let name = group.soundClass.name
            if !name.isEmpty, !seen.insert(name).inserted {
                problems.append(
                    ("\(path).name", "'\(name)' again", "a different name for each group")
                )
            } else if known.contains(name), !group.members.contains(name) {
                problems.append(
                    (
                        "\(path).name", "'\(name)', which is a class of the network",
                        "another name, or that class among the group's members"
                    )
                )
            }
            var members: Set<String> = []
            for member in group.members {
                if !known.contains(member) {
                    let advice = NearestName.question(for: member, among: names)
                    problems.append(
                        (
                            "\(path).members", "'\(member)'",
                            "names from 'classes'" + (advice.isEmpty ? "" : "; \(advice)")
                        )
                    )
                } else if !members.insert(member).inserted {
                    problems.append(("\(path).members", "'\(member)' twice", "every class once"))
                }
            }
        }
        return problems
    }
}

/// Turns scores of the network's classes into those of ``ModelDescription/soundClasses``.
package struct ClassPool: Equatable, Sendable {
    /// The places of each group's members, and the calibration of their greatest score.
    private struct Group: Equatable {
        let members: [Int]
        let calibration: LogisticCalibration?
    }

    private let groups: [Group]
    private let singles: [Int]

    /// Prepares for a model's groups.
    package init(_ about: ModelDescription) {
        var places: [String: Int] = [:]
        for (place, soundClass) in about.classes.enumerated() { places[soundClass.name] = place }
        groups = about.groups.map { group in
            let calibration = group.soundClass.calibration
            return Group(
                members: group.members.compactMap { places[$0] },
                calibration: calibration == LogisticCalibration() ? nil : calibration
            )
        }
        singles = about.groups.isEmpty ? [] : about.singlePlaces
    }

    /// The scores that are reported.
    ///
    /// - Parameter scores: A calibrated score for each of the network's classes.
    /// - Returns: A score for each of the classes that sounds are reported by.
    package func scores(of scores: [Float]) -> [Float] {
        guard !groups.isEmpty else { return scores }
        var pooled: [Float] = []
        pooled.reserveCapacity(groups.count + singles.count)
        for group in groups {
            let best = group.members.reduce(0) { max($0, scores[$1]) }
            pooled.append(group.calibration?.score(carrying: best) ?? best)
        }
        for place in singles { pooled.append(scores[place]) }
        return pooled
    }
}
