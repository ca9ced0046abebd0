import CommandManual
import Foundation
import Testing

@Suite struct ManualPagesTests {
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
            {"commandName": "reset", "abstract": "Takes it back."}]},
          {"commandName": "help", "abstract": "Helps."},
          {"commandName": "inner", "shouldDisplay": false}]}}
        """

    private func pages() throws -> [String: String] {
        let tool = try ToolDescription(json: Data(Self.json.utf8))
        return ManualPages(of: tool, setting: .earwitness(version: "1.2")).files
    }

    @Test func thereIsAPageForTheProgramAndEachCommandThatPeopleCall() throws {
        #expect(try pages().keys.sorted() == ["ear-run.1", "ear-set.1", "ear.1"])
    }

    @Test func theMainPageNamesEveryCommandAndItsPage() throws {
        let page = try #require(try pages()["ear.1"])
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
    }

    @Test func textIsNeverTakenForAnInstruction() throws {
        let page = try #require(try pages()["ear-run.1"])
        #expect(page.contains("\n.PP\n\\&.second 'x' a\\eb\n"))
    }

    @Test func commandsUnderACommandAreOnItsPage() throws {
        let page = try #require(try pages()["ear-set.1"])
        #expect(page.contains(".SS \"ear set\"\n.PP\nShows it.\n"))
        #expect(page.contains(".SS \"ear set reset\"\n.PP\nTakes it back.\n"))
    }

    @Test func somethingElseThanADescriptionIsRefused() {
        #expect(throws: (any Error).self) { try ToolDescription(json: Data("{}".utf8)) }
    }

    @Test func theExitCodesAreThoseOfTheDocumentation() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("docs/commands.md"),
            encoding: .utf8
        )
        for entry in ManualSetting.earwitness(version: "").exitCodes {
            #expect(page.contains("| \(entry.term) | \(entry.explanation) |"))
        }
    }
}
