import ModelLibrary

extension MonitorFacts {
    var modelFindings: [Finding] { models.map(\.finding) }
}

extension ModelFacts {
    fileprivate var finding: Finding {
        switch self {
        case .usable(let name, _, _, let fault?):
            .fault(
                .model,
                "The model '\(name)' gives no valid scores.",
                value: fault,
                advice: "Export the network again, or use another model.",
                exitCode: SystemExit.badData
            )
        case .usable(let name, let version, let digest, nil):
            .ok(
                .model,
                "The model '\(name)' can be used.",
                value: "version \(version), SHA-256 \(digest.prefix(12))…"
            )
        case .unusable(let error):
            switch error {
            case .unknownModel, .unreadable:
                .fault(
                    .model,
                    "The model is missing.",
                    value: error.description,
                    advice: "'earwitness models' lists what is installed; set 'model' to one.",
                    exitCode: SystemExit.noInput
                )
            case .invalidScore:
                .fault(
                    .model,
                    "The model gives scores that are not from 0 to 1.",
                    value: error.description,
                    advice: "Change model.yaml as it says.",
                    exitCode: SystemExit.badData
                )
            case .invalidDescription, .unusableNetwork, .mismatch:
                .fault(
                    .model,
                    "The model's files do not belong together, or are damaged.",
                    value: error.description,
                    advice: "Copy the model again, or install the package again.",
                    exitCode: SystemExit.badData
                )
            }
        }
    }
}
