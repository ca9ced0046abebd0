import ModelLibrary

extension MonitorFacts {
    var modelFindings: [Finding] { models.map(\.finding) }
}

extension ModelFacts {
    fileprivate var finding: Finding {
        switch self {
        case .usable(let name, let version, let digest):
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
