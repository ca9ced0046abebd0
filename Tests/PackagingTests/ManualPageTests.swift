import Foundation
import TestSupport
import Testing

/// `scripts/make-manual` on the description of a made-up program.
@Suite struct ManualPageTests {
    private static let json = """
        {"command": {"commandName": "ear", "abstract": "Hears, and writes.", "subcommands": [
          {"commandName": "run", "abstract": "Listens.", "discussion": "First.\\n\\n.second 'x' a\\\\b",
           "arguments": [
            {"kind": "option", "abstract": "The file.", "discussion": "Or another.", "valueName": "path",
             "defaultValue": "a-b", "allValues": ["a-b", "c"], "isOptional": true, "isRepeating": true,
             "shouldDisplay": true, "names": [{"kind": "short", "name": "f"}, {"kind": "long", "name": "file"}]},
            {"kind": "flag", "isOptional": true, "isRepeating": false, "shouldDisplay": true,
             "names": [{"kind": "long", "name": "help"}]},
            {"kind": "flag", "isOptional": true, "isRepeating": false, "shouldDisplay": false,
             "names": [{"kind": "long", "name": "secret"}]},
            {"kind": "positional", "abstract": "What.", "valueName": "thing", "isOptional": false,
             "isRepeating": true, "shouldDisplay": true}]},
          {"commandName": "set", "abstract": "Sets.", "defaultSubcommand": "show", "subcommands": [
            {"commandName": "show", "abstract": "Shows it."},
            {"commandName": "reset", "abstract": "Resets it."}]},
          {"commandName": "help", "abstract": "Helps."},
          {"commandName": "inner", "shouldDisplay": false}]}}
        """

    private func pages() throws -> [String: String] {
        let folder = try TemporaryFolder()
        let script = projectRoot.appendingPathComponent("scripts/make-manual").path
        let result = try Command(script, "1.2", folder.path, input: Self.json)
        #expect(result.exitCode == 0, "\(result.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: folder.url.appendingPathComponent($0), encoding: .utf8))
            }
        )
    }

    @Test func thereIsAPageForTheProgramAndEachCommandThatPeopleCall() throws {
        let pages = try pages()
        #expect(pages.keys.sorted() == ["ear-run.1", "ear-set.1", "ear.1"])
        let page = try #require(pages["ear.1"])
        #expect(page.hasPrefix(".TH EAR 1 \"\" \"ear 1.2\" \"\"\n"))
        #expect(page.contains("ear \\- hears, and writes\n"))
        #expect(page.contains("\\fBear run\\fR\nListens.\n"))
        #expect(page.contains("\\fBear\\-run\\fR(1), \\fBear\\-set\\fR(1)"))
    }

    @Test func optionsAreExplainedWithTheirValues() throws {
        let page = try #require(try pages()["ear-run.1"])
        #expect(page.contains("\\fBear run\\fR [OPTIONS] THING...\n"))
        #expect(
            page.contains(
                "\\fB\\-f, \\-\\-file\\fR \\fIPATH\\fR\nThe file.\nOr another.\nOne of a\\-b, c.\n"
                    + "Default: a\\-b.\nMay be given several times.\n"
            )
        )
        #expect(!page.contains("help") && !page.contains("secret"))
        // Text is never taken for an instruction of roff.
        #expect(page.contains("\n.PP\n\\&.second 'x' a\\eb\n"))
    }

    @Test func commandsUnderACommandAreOnItsPage() throws {
        let page = try #require(try pages()["ear-set.1"])
        #expect(page.contains(".SS \"ear set\"\n.PP\nShows it.\n"))
        #expect(page.contains(".SS \"ear set reset\"\n.PP\nResets it.\n"))
    }

    @Test func theExitCodesAreThoseOfTheDocumentation() throws {
        let page = try #require(try pages()["ear.1"])
        let commands = try String(
            contentsOf: projectRoot.appendingPathComponent("docs/commands.md"),
            encoding: .utf8
        )
        let codes = commands.matches(of: /\n\| (\d+) \| (.+) \|/)
        #expect(codes.count == 12)
        for code in codes {
            let explanation = code.2.replacing("-", with: "\\-")
            #expect(page.contains(".TP\n\\fB\(code.1)\\fR\n\(explanation)\n"), "\(code.1)")
        }
    }
}
