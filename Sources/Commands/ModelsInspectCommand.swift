import ArgumentParser
import LogMelFeatures
import ModelLibrary

extension ModelsCommand {
    /// `earwitness models inspect M`.
    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a model's front end, layers, parameters, classes and metrics."
        )

        @Argument(help: "The model, by name or path.") var model: String
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let model = try service.loadModel(self.model)
            try StandardOutput.write(try ModelReport(model).text)
        }
    }
}
