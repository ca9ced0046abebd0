import Foundation
import Testing

extension EndToEnd {
    /// Holds `docs/commands.md` against what the program says of itself.
    @Suite struct CommandDocumentationTests {
        /// A command as `--experimental-dump-help` describes it.
        private struct Command: Decodable {
            let commandName: String
            let defaultSubcommand: String?
            let subcommands: [Command]?
            let arguments: [Argument]?
        }

        private struct Argument: Decodable {
            let names: [Name]?
            let shouldDisplay: Bool
        }

        private struct Name: Decodable {
            let kind: String
            let name: String
        }

        private struct Tool: Decodable {
            let command: Command
        }

        /// The options of every command that does something, by the words that call it.
        private func options(of command: Command, calledBy words: String) -> [String: [String]] {
            guard let subcommands = command.subcommands, !subcommands.isEmpty else {
                let names = (command.arguments ?? []).filter(\.shouldDisplay)
                    .compactMap { $0.names?.first { $0.kind == "long" }?.name }
                return [words: names.filter { !["help", "version", "config"].contains($0) }]
            }
            var all: [String: [String]] = [:]
            for subcommand in subcommands where subcommand.commandName != "help" {
                let isDefault = subcommand.commandName == command.defaultSubcommand
                let called = isDefault ? words : "\(words) \(subcommand.commandName)"
                all.merge(options(of: subcommand, calledBy: called)) { $0 + $1 }
            }
            return all
        }

        /// The sections of the page by their headings.
        private func sections() throws -> [String: String] {
            let page = try String(
                contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                    .deletingLastPathComponent().deletingLastPathComponent()
                    .appendingPathComponent("docs/commands.md"),
                encoding: .utf8
            )
            let parts = page.components(separatedBy: "\n## ").dropFirst().map { part in
                part.split(separator: "\n", maxSplits: 1).map(String.init)
            }
            return Dictionary(parts.map { ($0[0], $0.last ?? "") }) { first, _ in first }
        }

        @Test func everyCommandHasASectionWithItsOptionsAndAnExample() throws {
            let outcome = try TestHome().program().run("--experimental-dump-help")
            let tool = try JSONDecoder().decode(Tool.self, from: Data(outcome.output.utf8))
            let commands = options(of: tool.command, calledBy: "earwitness")
            #expect(commands.count > 10)
            let sections = try sections()
            for (words, options) in commands.sorted(by: { $0.key < $1.key }) {
                let section = try #require(
                    sections[words],
                    "docs/commands.md has no section '## \(words)'"
                )
                #expect(section.contains("\n    \(words)"), "no example in '## \(words)'")
                for option in options {
                    #expect(
                        section.contains("`--\(option)`") || section.contains("`--\(option) "),
                        "--\(option) is not in '## \(words)'"
                    )
                }
            }
            for heading in sections.keys where heading.hasPrefix("earwitness ") {
                #expect(commands[heading] != nil, "there is no '\(heading)' any more")
            }
        }
    }
}
