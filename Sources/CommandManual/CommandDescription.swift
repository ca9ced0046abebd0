/// A command: what it does, what it takes, and the commands under it.
package struct CommandDescription: Decodable, Equatable, Sendable {
    /// The word that calls it.
    package var commandName: String
    /// What it does, in a line.
    package var abstract: String?
    /// What else there is to say.
    package var discussion: String?
    /// The command under it that runs when none is named.
    package var defaultSubcommand: String?
    /// The commands under it.
    package var subcommands: [CommandDescription]?
    /// Its arguments and options.
    package var arguments: [ArgumentDescription]?
    /// Whether it is meant for people; absent in older descriptions.
    package var shouldDisplay: Bool?

    /// The commands under it that people call, without `help`, which is there for all.
    package var shownSubcommands: [CommandDescription] {
        (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }
    }

    /// The arguments that have no name and are told apart by their order.
    package var positional: [ArgumentDescription] {
        shownArguments.filter { $0.kind == .positional }
    }

    /// The options and flags, without `--help`, which every command has.
    package var options: [ArgumentDescription] {
        shownArguments.filter { $0.kind != .positional && $0.longName != "help" }
    }

    private var shownArguments: [ArgumentDescription] {
        (arguments ?? []).filter(\.shouldDisplay)
    }
}
