import ModelLibrary

extension MonitorFacts {
    var modelFindings: [Finding] {
        switch model {
        case .usable(let name, let version, let digest):
            return [
                .ok(
                    .model,
                    "The model can be used.",
                    value: "\(name) \(version), SHA-256 \(digest.prefix(12))…"
                )
            ]
        case .unusable(let error):
            switch error {
            case .unknownModel, .unreadable:
                return [
                    .fault(
                        .model,
                        "The model is missing.",
                        value: error.description,
                        advice: "'earwitness models' lists what is installed; set 'model' to one.",
                        exitCode: SystemExit.noInput
                    )
                ]
            case .invalidDescription, .unusableNetwork, .mismatch:
                return [
                    .fault(
                        .model,
                        "The model's files do not belong together, or are damaged.",
                        value: error.description,
                        advice: "Copy the model again, or install the package again.",
                        exitCode: SystemExit.badData
                    )
                ]
            }
        }
    }
}
