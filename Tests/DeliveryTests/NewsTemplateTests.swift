import Foundation
import Messages
import Settings
import Testing

@testable import Delivery

@Suite struct NewsTemplateTests {
    private let notice = Notice.of(event(7, at: friday), rule: "night")

    private func render(_ text: String, _ form: NewsTemplate.Form = .text) throws -> String {
        try NewsTemplate(text, form: form, key: "body").render(notice)
    }

    @Test func namesStandForTheNews() throws {
        let text = "{{rule}} {{id}} {{class}} {{label}} {{source}} {{peak_score}} {{time_ms}}"
        #expect(try render(text) == "night 7 dog_bark Dog Bark porch 0.90 1795737600000")
        #expect(try render("{{uppercased(label)}}") == "DOG BARK")
    }

    @Test func sectionsDependOnWhetherThereIsAValue() throws {
        let text =
            "{{#level_dbfs}}{{level_dbfs}} dB from {{source}}{{/level_dbfs}}{{^id}}none{{/id}}"
        #expect(try render(text) == "-20.0 dB from porch")
        let test = Notice.test(of: "night", at: friday)
        #expect(try NewsTemplate(text, form: .text, key: "").render(test) == "none")
    }

    @Test func valuesAreEscapedAsTheirPlaceAsks() throws {
        var odd = notice
        odd.title = "\"Ü\"\n&"
        func rendered(_ form: NewsTemplate.Form) throws -> String {
            try NewsTemplate("{{title}}", form: form, key: "").render(odd)
        }
        #expect(try rendered(.text) == "\"Ü\"\n&")
        #expect(try rendered(.json) == "\\\"Ü\\\"\\n&")
        #expect(try rendered(.form) == "%22%C3%9C%22%0A%26")
        #expect(try rendered(.field) == "\"Ü\" &")
    }

    @Test(arguments: [
        ("{{labl}}", "'{{labl}}', an unknown name"),
        ("{{label", "'{{' without '}}'"),
        ("{{#id}}x", "a template that cannot be read (expectedSectionEnd)"),
        ("{{{label}}}", "'{{{label}}', which templates here don't have"),
        ("{{>other}}", "'{{>other}}', which templates here don't have"),
        ("{{=<% %>=}}", "'{{=<% %>=}}', which templates here don't have"),
        ("{{reversed(label)}}", "'{{reversed(label)}}', an unknown function"),
    ])
    func whatCannotBeRenderedIsRefused(text: String, found: String) throws {
        #expect(throws: TemplateFault.self) { try render(text) }
        do {
            _ = try render(text)
        } catch let fault as TemplateFault {
            #expect(fault.found == found)
        }
    }

    @Test func templatesOfARuleAreFoundWithTheirKeys() throws {
        let settings = try ruleSettings(
            """
            then:
              - webhook: {url: "https://example.org/x", headers: {X-Title: "{{titel}}"}}
            """
        )
        let fault = TemplateFault(
            key: "webhook.headers.X-Title",
            found: "'{{titel}}', an unknown name",
            name: "titel"
        )
        #expect(throws: fault) { try Receiver(settings.then[0]) }
    }
}
