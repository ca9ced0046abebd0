package import Foundation

/// What a program built on swift-argument-parser says of itself with `--experimental-dump-help`.
package struct ToolDescription: Decodable, Equatable, Sendable {
    /// The program, with its subcommands.
    package var command: CommandDescription

    /// Reads the JSON that the program prints.
    ///
    /// - Throws: What of it is not as expected.
    package init(json: Data) throws {
        self = try JSONDecoder().decode(ToolDescription.self, from: json)
    }
}
