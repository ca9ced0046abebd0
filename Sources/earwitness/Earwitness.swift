import ArgumentParser

@main
struct Earwitness: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "earwitness", abstract: "A sound monitor.")
}
