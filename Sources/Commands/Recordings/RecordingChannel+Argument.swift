import ArgumentParser
import AudioFiles

extension RecordingChannel: ExpressibleByArgument {
    /// Reads `mix` or the number of a channel, counted from 1.
    init?(argument: String) {
        if argument == "mix" {
            self = .mix
        } else if let number = Int(argument), number > 0 {
            self = .only(number - 1)
        } else {
            return nil
        }
    }

    /// How a command line says it.
    var defaultValueDescription: String { number.map(String.init) ?? "mix" }

    /// The number of the channel, counted from 1; nil for the mix.
    var number: Int? {
        if case .only(let index) = self { index + 1 } else { nil }
    }

    /// What the option says of itself.
    static var help: ArgumentHelp {
        ArgumentHelp(
            "Which channel of a recording is read: a number from 1, or mix, the mean of all.",
            valueName: "n|mix"
        )
    }
}
