import EventStore
import Logging

extension EventRecorder {
    /// What the log was last told, so that it is told once.
    struct ReportedTroubles {
        var fault: StoreError?
        var spoolFault: SpoolError?
        var spooledEntries = 0
        var recovery: RecoveryReport?
        var droppedItems = 0
        var refusedEntries = 0
    }

    /// What a person should look at, a line each; empty if all is well.
    package var warnings: [String] {
        var lines = rescues.map(\.description)
        if let fault = backlog.spoolFault { lines.append(fault.description) }
        if backlog.droppedItems > 0 {
            lines.append(
                "\(backlog.droppedItems) block(s) of scores or coverage were given up, because the event history could not be written for long."
            )
        }
        if backlog.damagedSpoolLines > 0 {
            lines.append(
                "\(backlog.damagedSpoolLines) line(s) of the spool are damaged and left out."
            )
        }
        return lines
    }

    /// Says once in the log that the history cannot be written, and why.
    func tell(_ fault: StoreError) {
        guard fault != reported.fault else { return }
        reported.fault = fault
        log.error("\(fault) Events wait until it can be written.")
    }

    /// Says in the log what changed about the history since the last time.
    func tellTroubles() {
        if let fault = backlog.fault {
            if case .notOpenYet = fault {} else { tell(fault) }
        } else if reported.fault != nil {
            log.notice("The event history can be written again.")
            reported.fault = nil
        }
        tellSpool()
        if let recovery = backlog.recovery, recovery != reported.recovery { tell(recovery) }
        if backlog.refusedEntries > reported.refusedEntries {
            log.error(
                "The event history refused \(backlog.refusedEntries - reported.refusedEntries) entries for what they are."
            )
            reported.refusedEntries = backlog.refusedEntries
        }
        if backlog.droppedItems > 0, reported.droppedItems == 0 {
            log.error(
                "Scores or coverage are given up, because the event history could not be written for long. Events are kept."
            )
        }
        reported.droppedItems = backlog.droppedItems
    }

    private func tellSpool() {
        if let fault = backlog.spoolFault, fault != reported.spoolFault {
            log.error("\(fault) Events wait in memory and are not shown until they are safe.")
        }
        reported.spoolFault = backlog.spoolFault
        let (before, now) = (reported.spooledEntries, backlog.spooledEntries)
        if before == 0, now > 0 {
            log.notice("What happens is kept in the spool until the event history has it.")
        } else if before > 0, now == 0 {
            log.notice("The event history has everything that waited in the spool.")
        }
        reported.spooledEntries = now
    }

    private func tell(_ recovery: RecoveryReport) {
        reported.recovery = recovery
        if !recovery.closedEventIDs.isEmpty || recovery.stoppedSeconds > 0 {
            let seconds = Int(recovery.stoppedSeconds.rounded())
            log.notice(
                "Not listening for \(seconds) s since the last run; \(recovery.closedEventIDs.count) event(s) left open by it were closed."
            )
        }
        if recovery.clockBehindSeconds > 0 {
            log.warning(
                "The wall clock is \(Int(recovery.clockBehindSeconds.rounded())) s behind what was recorded last. What is heard now counts as later."
            )
        }
    }
}
