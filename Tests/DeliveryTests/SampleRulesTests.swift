import Foundation
import Messages
import Platform
import Settings
import Testing

@testable import Delivery

/// Holds `config/rules.yaml` to what the program reads and its receivers understand.
@Suite struct SampleRulesTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func sample() throws -> MonitorConfiguration {
        let path = Self.root.appendingPathComponent("config/rules.yaml").path
        return try MonitorConfiguration.load(
            ConfigurationPath(option: path, environment: [:]),
            overridesPath: nil
        )
    }

    @Test func everySampleIsCorrectAndNamesClassesOfTheShippedModel() throws {
        let sample = try sample()
        #expect(sample.rules.count >= 9)
        #expect(sample.templateProblems().isEmpty)
        let model = try String(
            contentsOf: Self.root.appendingPathComponent("Models/household-2/model.yaml"),
            encoding: .utf8
        )
        for (name, rule) in sample.rules {
            for className in rule.when.classes {
                #expect(model.contains("- name: \(className)\n"), "\(name): \(className)")
            }
        }
    }

    @Test func bodiesInJSONAreJSONWhateverTheNews() throws {
        var odd = Notice.of(event(1, at: friday), rule: "x")
        odd.title = "\"quoted\" \\ {{label}}\n"
        odd.text = odd.title
        let begun = Notice.of(event(2, at: friday, lasting: nil, level: nil), rule: "x")
        var count = 0
        for (name, rule) in try sample().rules {
            for webhook in rule.then.map(\.webhook)
            where webhook.body.map(NewsTemplate.makesJSON) == true {
                let template = try NewsTemplate(webhook.body ?? "", form: .json, key: "body")
                for notice in [odd, begun] {
                    let text = template.render(notice)
                    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
                    #expect(object is [String: Any], "\(name): \(text)")
                    count += 1
                }
            }
        }
        #expect(count >= 8)
    }

    @Test func aMistakeInATemplateIsFoundWithItsLine() throws {
        var configuration = try sample()
        configuration.rules["gotify"]?.then[0].webhook.body = "{{titel}}"
        let problem = try #require(configuration.templateProblems().first)
        #expect(problem.key == "rules.gotify.then[0].webhook.body")
        #expect(problem.position.line > 30)
        #expect(problem.found == "'{{titel}}', an unknown name")
        #expect(problem.advice == "did you mean 'title'?")
    }

    @Test func aReplayTellsWhatTheRulesWouldHaveSent() throws {
        let rules = [
            "bark": try ruleSettings("{when: {class: dog_bark, count: 2, within: 1m}}"),
            "silence": try ruleSettings("when: {class: pump, absent_for: 1h}"),
        ]
        let events = [20, 10, 4_000].enumerated().map {
            event(Int64($0 + 1), at: friday + Double($1))
        }
        let told = RuleReplay.notices(
            of: events,
            by: rules,
            from: friday,
            to: friday + 5_000,
            zone: .utc
        )
        #expect(told.map(\.rule) == ["bark", "silence"])
        #expect(told.map(\.time) == [friday + 20, friday + 3_600])
    }
}
