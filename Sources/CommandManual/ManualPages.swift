/// The manual pages of a program: one for it, and one for each of its commands.
package struct ManualPages: Sendable {
    /// What is the same on every page.
    package let setting: ManualSetting
    private let tool: CommandDescription

    /// Prepares the pages of a program.
    ///
    /// - Parameters:
    ///   - tool: What the program says of itself.
    ///   - setting: What it does not say: its version, files, variables and exit codes.
    package init(of tool: ToolDescription, setting: ManualSetting) {
        self.tool = tool.command
        self.setting = setting
    }

    /// Every page by the name of its file, such as `earwitness-run.1`.
    package var files: [String: String] {
        var pages = ["\(tool.commandName).1": mainPage]
        for command in tool.shownSubcommands {
            pages["\(pageName(of: command)).1"] = page(of: command)
        }
        return pages
    }

    private var source: String { "\(tool.commandName) \(setting.version)" }

    private func pageName(of command: CommandDescription) -> String {
        "\(tool.commandName)-\(command.commandName)"
    }

    private var mainPage: String {
        let name = tool.commandName
        var page = RoffText(title: name, source: source)
        page.section("NAME")
        page.paragraphs("\(name) - \(Self.headline(tool))")
        page.section("SYNOPSIS")
        page.synopsis(name, "COMMAND [OPTIONS]")
        page.section("DESCRIPTION")
        page.paragraphs(setting.description)
        page.section("COMMANDS")
        for command in tool.shownSubcommands {
            page.entry("\(name) \(command.commandName)", command.abstract ?? "")
        }
        page.paragraphs("Every command explains itself with --help, and has a page of its own.")
        page.section("FILES")
        setting.files.forEach { page.entry($0.term, $0.explanation) }
        page.section("ENVIRONMENT")
        setting.variables.forEach { page.entry($0.term, $0.explanation) }
        page.section("EXIT STATUS")
        setting.exitCodes.forEach { page.entry($0.term, $0.explanation) }
        page.section("SEE ALSO")
        page.references(tool.shownSubcommands.map(pageName))
        return page.text
    }

    private func page(of command: CommandDescription) -> String {
        let words = "\(tool.commandName) \(command.commandName)"
        var page = RoffText(title: pageName(of: command), source: source)
        page.section("NAME")
        page.paragraphs("\(pageName(of: command)) - \(Self.headline(command))")
        page.section("SYNOPSIS")
        Self.callable(command, words).forEach { page.synopsis($0.words, Self.synopsis($0.command)) }
        page.section("DESCRIPTION")
        page.paragraphs(command.abstract ?? "")
        page.paragraphs(command.discussion ?? "")
        if command.shownSubcommands.isEmpty {
            Self.describeArguments(of: command, in: &page, under: { $0.section($1) })
        } else {
            page.section("COMMANDS")
            for (called, subcommand) in Self.callable(command, words) {
                page.subsection(called)
                page.paragraphs(subcommand.abstract ?? "")
                page.paragraphs(subcommand.discussion ?? "")
                Self.describeArguments(of: subcommand, in: &page, under: { _, _ in })
            }
        }
        page.section("SEE ALSO")
        page.references([tool.commandName])
        return page.text
    }

    /// The commands that do something, with the words that call them.
    private static func callable(
        _ command: CommandDescription,
        _ words: String
    ) -> [(words: String, command: CommandDescription)] {
        guard !command.shownSubcommands.isEmpty else { return [(words, command)] }
        return command.shownSubcommands.flatMap { subcommand in
            let isDefault = subcommand.commandName == command.defaultSubcommand
            return callable(
                subcommand,
                isDefault ? words : "\(words) \(subcommand.commandName)"
            )
        }
    }

    private static func describeArguments(
        of command: CommandDescription,
        in page: inout RoffText,
        under heading: (inout RoffText, String) -> Void
    ) {
        if !command.positional.isEmpty {
            heading(&page, "ARGUMENTS")
            for argument in command.positional {
                page.entry(placeholder(argument), explanation(of: argument))
            }
        }
        guard !command.options.isEmpty else { return }
        heading(&page, "OPTIONS")
        for option in command.options {
            let names = (option.names ?? []).map(\.typed).joined(separator: ", ")
            let value = option.kind == .option ? placeholder(option) : nil
            page.entry(names, value: value, explanation(of: option))
        }
    }

    /// The arguments and options as one types them.
    private static func synopsis(_ command: CommandDescription) -> String {
        let options = command.options.isEmpty ? [] : ["[OPTIONS]"]
        let positional = command.positional.map { argument in
            let shown = placeholder(argument) + (argument.isRepeating ? "..." : "")
            return argument.isOptional ? "[\(shown)]" : shown
        }
        return (options + positional).joined(separator: " ")
    }

    private static func placeholder(_ argument: ArgumentDescription) -> String {
        (argument.valueName ?? "value").uppercased()
    }

    private static func explanation(of argument: ArgumentDescription) -> String {
        var sentences = [argument.abstract, argument.discussion].compactMap(\.self)
            .filter { !$0.isEmpty }
        if let values = argument.allValues, !values.isEmpty, argument.kind == .option {
            sentences.append("One of \(values.joined(separator: ", ")).")
        }
        if let value = argument.defaultValue, !value.isEmpty, argument.kind == .option {
            sentences.append("Default: \(value).")
        }
        if argument.isRepeating { sentences.append("May be given several times.") }
        return sentences.joined(separator: "\n")
    }

    /// What a command does, as the index of manual pages has it: in lower case, without a full stop.
    private static func headline(_ command: CommandDescription) -> String {
        let abstract = command.abstract ?? command.commandName
        let line = abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
        return line.prefix(1).lowercased() + line.dropFirst()
    }
}
