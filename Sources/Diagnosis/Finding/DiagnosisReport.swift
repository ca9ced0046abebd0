/// Everything that was looked at.
package struct DiagnosisReport: Equatable, Sendable {
    /// What was found, in the order in which it was looked at.
    package var findings: [Finding]

    /// Judges facts.
    package init(of facts: MonitorFacts) {
        findings =
            facts.configurationFindings + facts.serviceFindings + facts.unitFindings
            + facts.deviceFindings + facts.soundFindings + facts.modelFindings
            + facts.databaseFindings + facts.setAsideFindings + facts.diskFindings
            + facts.clockFindings
    }

    /// 0 if all is well; else the code of the first fault, or without one of the first warning.
    package var exitCode: Int32 {
        let gravest =
            findings.first { $0.verdict == .fault }
            ?? findings.first { $0.verdict == .warning }
        return gravest?.exitCode ?? 0
    }
}
