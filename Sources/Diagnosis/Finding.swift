/// One thing that was looked at, and how it is.
package struct Finding: Equatable, Sendable {
    /// What was looked at.
    package enum Check: String, Sendable, CaseIterable {
        /// The configuration file and its drop-ins.
        case configuration
        /// The running service.
        case service
        /// The systemd unit.
        case unit
        /// The capture devices.
        case device
        /// The rate at which a device delivers.
        case rate
        /// What a device delivers.
        case sound
        /// The model.
        case model
        /// The event history.
        case database
        /// The space where the history is.
        case disk
        /// The clock that dates events.
        case clock
    }

    /// How it is.
    package enum Verdict: String, Sendable {
        /// As it should be.
        case ok
        /// Worth a look; the monitor works.
        case warning
        /// The monitor does not work correctly.
        case fault
    }

    /// What was looked at.
    package var check: Check
    /// How it is.
    package var verdict: Verdict
    /// What was found, in a sentence.
    package var what: String
    /// The value that was found; nil if the sentence says it all.
    package var value: String?
    /// What to do; nil if nothing.
    package var advice: String?
    /// The exit code, as in `sysexits.h`, with which a command says this; 0 if all is well.
    package var exitCode: Int32

    /// A finding without a problem.
    static func ok(_ check: Check, _ what: String, value: String? = nil) -> Finding {
        Finding(check: check, verdict: .ok, what: what, value: value, advice: nil, exitCode: 0)
    }

    /// Something worth a look.
    static func warning(
        _ check: Check,
        _ what: String,
        value: String? = nil,
        advice: String,
        exitCode: Int32
    ) -> Finding {
        Finding(
            check: check,
            verdict: .warning,
            what: what,
            value: value,
            advice: advice,
            exitCode: exitCode
        )
    }

    /// A finding that keeps the monitor from working.
    static func fault(
        _ check: Check,
        _ what: String,
        value: String? = nil,
        advice: String,
        exitCode: Int32
    ) -> Finding {
        Finding(
            check: check,
            verdict: .fault,
            what: what,
            value: value,
            advice: advice,
            exitCode: exitCode
        )
    }
}

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

/// The exit codes of `sysexits.h` that findings have.
enum SystemExit {
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let inputOutput: Int32 = 74
    static let notPermitted: Int32 = 77
    static let configuration: Int32 = 78
}
