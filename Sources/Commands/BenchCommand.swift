import ArgumentParser
import Evaluation
import Foundation
import Messages
import ModelLibrary
import Monitor
import Settings
import SoundDatasets

/// `earwitness bench`: how much this machine can listen to.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how many microphones one core of this machine can listen to.",
        discussion: """
            Each stage is timed by itself on one thread, median of many rounds, then the whole \
            path at once on noise that keeps the gate open. Takes less than ten seconds. Other \
            load on the machine affects the figures; compare on an idle machine.
            """
    )

    @Option(help: "The model, by name or path; without it the configured one.") var model: String?
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    func run() throws {
        let configuration = try service.loadConfiguration()
        let model = try service.loadModel(self.model ?? configuration.commonModels[0])
        let trial = try SpeedTrial(
            model: model,
            settings: try configuration.analysisSettings(for: model, refusesUnknown: false)
        )
        let stages = try trial.stages()
        let wholePath = try trial.wholePath(sizedBy: stages)
        switch format {
        case .text: try writeTable(stages + [wholePath], model: model)
        case .json: try StandardOutput.writeLine(json(stages + [wholePath], model: model).text)
        }
    }

    /// How many microphones keep one core busy, the last stage being the whole path.
    private func microphonesPerCore(_ stages: [StageSpeed]) -> Int {
        stages.last.map { Int($0.timesRealTime) } ?? 0
    }

    private func writeTable(_ stages: [StageSpeed], model: SoundModel) throws {
        let rows = stages.map { stage in
            [
                stage.title, String(format: "%.3f", stage.shareOfCore * 1_000),
                String(format: "%.0f", stage.timesRealTime),
            ]
        }
        let table = TextTable(
            header: ["stage", "ms per second of sound", "times real time"],
            rows: rows,
            rightAligned: [1, 2]
        )
        try StandardOutput.write(table.text)
        try StandardOutput.writeLine(
            "\(model.name) \(model.version): one core can listen to at most "
                + "\(microphonesPerCore(stages)) microphone(s)."
        )
    }

    private func json(_ stages: [StageSpeed], model: SoundModel) -> JSONValue {
        let lines: [JSONValue] = stages.map { stage in
            .object([
                .init("stage", .string(stage.name)),
                .init("seconds_per_second", .number(stage.shareOfCore, decimals: 9)),
                .init("times_real_time", .number(stage.timesRealTime, decimals: 1)),
            ])
        }
        return .object([
            .init("model", .string(model.name)), .init("version", .string(model.version)),
            .init("stages", .array(lines)),
            .init("microphones_per_core", .integer(Int64(microphonesPerCore(stages)))),
        ])
    }
}
