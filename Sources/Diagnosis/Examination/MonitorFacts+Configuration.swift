extension MonitorFacts {
    var configurationFindings: [Finding] {
        guard configuration.problems.isEmpty else {
            return configuration.problems.map { problem in
                .fault(
                    .configuration,
                    "The configuration cannot be used.",
                    value: problem,
                    advice: "Correct it; 'earwitness config check' tells when it is right.",
                    exitCode: SystemExit.configuration
                )
            }
        }
        let remarks = configuration.remarks.map { remark in
            Finding.warning(
                .configuration,
                "Something that was set has no effect.",
                value: remark,
                advice: "Correct it, or take it away; the service listens meanwhile.",
                exitCode: SystemExit.configuration
            )
        }
        return [
            configuration.isThere
                ? .ok(.configuration, "The configuration is correct.", value: configuration.path)
                : .ok(
                    .configuration,
                    "There is no configuration; the defaults hold.",
                    value: configuration.path
                )
        ] + remarks
    }
}
