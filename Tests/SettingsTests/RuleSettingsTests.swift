import Testing

@testable import Settings

/// The section `rules`.
@Suite struct RuleSettingsTests {
    private func load(_ yaml: String) throws -> MonitorConfiguration {
        let folder = try ConfigurationFolder()
        return try MonitorConfiguration.load(
            files: [try folder.write(yaml)],
            overridesPath: nil
        )
    }

    /// The problems of a rule, without their place.
    private func problems(_ rule: String) throws -> [String] {
        do {
            _ = try load("rules:\n  r: \(rule)\n")
            return []
        } catch ConfigurationError.invalid(let problems) {
            return problems.map { "\($0.key): \($0.found); \($0.advice)" }
        }
    }

    @Test func aRuleIsReadWithItsUnits() throws {
        let rule = try #require(
            try load(
                """
                rules:
                  night:
                    when:
                      {class: dog_bark, between: "22:00-06:30", days: weekend, count: 3, within: 10 min}
                    cooldown: 1h
                    then:
                      - command: [/bin/true, a b]
                        timeout: 90s
                      - mail: {to: me@example.org}
                """
            ).rules["night"]
        )
        #expect(rule.when.classes == ["dog_bark"] && rule.when.days == [.sat, .sun])
        #expect(rule.when.between?.description == "22:00-06:30")
        #expect(rule.when.count == 3 && rule.when.withinSeconds == 600)
        #expect(rule.cooldownSeconds == 3_600 && rule.giveUpSeconds == 86_400)
        #expect(rule.then.map(\.kinds) == [[.command], [.mail]])
        #expect(rule.then[0].command == ["/bin/true", "a b"])
    }

    @Test func timesOfDayMayGoOverMidnight() throws {
        let night = try #require(DayTimes("22:00-06:00"))
        #expect([1_320, 1_439, 0, 359].allSatisfy(night.contains))
        #expect(![360, 1_319].contains(where: night.contains))
        #expect(DayTimes("22:00-22:00") == nil && DayTimes("24:00-06:00") == nil)
    }

    @Test(arguments: [
        ("{when: {}}", "rules.r: nothing to do; add what is to be done"),
        (
            "{when: {count: 3}, then: [{command: [/bin/true]}]}",
            "rules.r.when.count: 'count' without 'within'; add the time, such as 'within: 10m'"
        ),
        (
            "{when: {class: glass, not: music}, then: [{command: [/bin/true]}]}",
            "rules.r.when.not: 'not' without 'within'; add the time, such as 'within: 10m'"
        ),
        (
            "{when: {all: [a, b], count: 2, within: 1m}, then: [{command: [/bin/true]}]}",
            "rules.r.when.count: both 'all' and 'count'; write two rules"
        ),
        (
            "{when: {class: glass, over: also}, then: [{command: [/bin/true]}]}",
            "rules.r.when.over: 'over' without 'fault'; "
        ),
        (
            "{when: {absent_for: 1h, fault: deaf}, then: [{command: [/bin/true]}]}",
            "rules.r.when.fault: both 'absent_for' and 'fault'; write two rules"
        ),
        (
            "{when: {source: garage}, then: [{command: [/bin/true]}]}",
            "rules.r.when.source: 'garage', which is no source; "
        ),
        (
            "{when: {longer_than: 30}, then: [{command: [/bin/true]}]}",
            "rules.r.when.longer_than: '30'; add the unit: s, m, h or d"
        ),
        (
            "{then: [{command: [lamp]}]}",
            "rules.r.then[0].command: a list; "
                + "give the program's whole path; 'command -v lamp' says it"
        ),
        (
            "{then: [{timeout: 3s}]}",
            "rules.r.then: element 1 without a receiver; "
        ),
        (
            "{then: [{webhook: {url: 'ftp://x/'}, mail: {to: me}}]}",
            "rules.r.then[0].webhook.url: the text \"ftp://x/\"; "
        ),
        (
            "{then: [{mail: {to: -oQ/tmp}}]}",
            "rules.r.then[0].mail.to: '-oQ/tmp'; "
        ),
    ])
    func whatMakesNoSenseIsRefused(rule: String, problem: String) throws {
        #expect(try problems(rule).first == problem)
    }

    @Test func namesOfClassesAreCheckedAgainstTheModels() throws {
        let configuration = try load(
            "rules: {r: {when: {class: dog_barc}, then: [{command: [/bin/true]}]}}"
        )
        let problems = configuration.unknownNames(
            in: [ModelRules(name: "m", classNames: ["dog_bark", "rain"])]
        )
        #expect(problems.map(\.key) == ["rules.r.when.class"])
        #expect(problems.first?.advice == "did you mean 'dog_bark'?")
    }

    @Test func theListingShowsOnlyWhatIsSetAndNoSecrets() throws {
        let configuration = try load(
            """
            rules:
              r:
                then:
                  - webhook:
                      url: https://example.org:8443/hooks/s3cret
                      headers: {Authorization: Bearer s3cret}
            """
        )
        let shown = configuration.shownSettings().filter { $0.key.hasPrefix("rules.") }
        #expect(
            shown.map { "\($0.key): \($0.value)" } == [
                "rules.r.then[0].webhook.url: https://example.org:8443/...",
                "rules.r.then[0].webhook.headers.Authorization: ***",
            ]
        )
    }
}
