import EventStore
import Logging

/// Logs what is wrong with the history, once each, and that it is over.
struct HistoryTroubles {
    private let log: Logger
    private var fault: StoreError?
    private var spoolFault: SpoolError?
    private var spooledEntries = 0
    private var recovery: RecoveryReport?
    private var droppedItems = 0
    private var refusedEntries = 0

    /// Begins with a history that is well.
    init(log: Logger) {
        self.log = log
    }

    /// Logs that the history cannot be written, and why.
    mutating func log(_ fault: StoreError) {
        if case .notOpenYet = fault { return }
        guard fault != self.fault else { return }
        self.fault = fault
        log.error("\(fault) Events wait until it can be written.")
    }

    /// Logs what changed since the last time.
    mutating func logChanges(of backlog: StoreBacklog) {
        if let fault = backlog.fault {
            log(fault)
        } else if fault != nil {
            log.notice("The event history can be written again.")
            fault = nil
        }
        logSpool(of: backlog)
        if let recovery = backlog.recovery, recovery != self.recovery { log(recovery) }
        if backlog.refusedEntries > refusedEntries {
            log.error(
                "The event history rejected \(backlog.refusedEntries - refusedEntries) invalid entries."
            )
            refusedEntries = backlog.refusedEntries
        }
        if backlog.droppedItems > 0, droppedItems == 0 {
            log.error(
                "Scores and coverage are being discarded because the event history could not be written for too long. Events are kept."
            )
        }
        droppedItems = backlog.droppedItems
    }

    private mutating func logSpool(of backlog: StoreBacklog) {
        if let fault = backlog.spoolFault, fault != spoolFault {
            log.error("\(fault) Events wait in memory and are published once they are stored.")
        }
        spoolFault = backlog.spoolFault
        if spooledEntries == 0, backlog.spooledEntries > 0 {
            log.notice("Events go to the spool until the event history can be written.")
        } else if spooledEntries > 0, backlog.spooledEntries == 0 {
            log.notice("The spool was written to the event history.")
        }
        spooledEntries = backlog.spooledEntries
    }

    private mutating func log(_ recovery: RecoveryReport) {
        self.recovery = recovery
        if !recovery.closedEventIDs.isEmpty || recovery.stoppedSeconds > 0 {
            let seconds = Int(recovery.stoppedSeconds.rounded())
            let count = recovery.closedEventIDs.count
            let closed = count == 0 ? "" : "; closed \(count) event(s) that it left open"
            log.notice("Not listening for \(seconds) s since the last run\(closed).")
        }
        if recovery.clockBehindSeconds > 0 {
            log.warning(
                "The wall clock is \(Int(recovery.clockBehindSeconds.rounded())) s behind the last stored time. New events are ordered after the old ones."
            )
        }
    }
}

extension StoreBacklog {
    /// Warnings for people, one line each.
    var warnings: [String] {
        var lines: [String] = []
        if let spoolFault { lines.append(spoolFault.description) }
        if droppedItems > 0 {
            lines.append(
                "\(droppedItems) block(s) of scores or coverage were discarded because the event history could not be written for too long."
            )
        }
        if damagedSpoolLines > 0 {
            lines.append("\(damagedSpoolLines) damaged line(s) of the spool were skipped.")
        }
        return lines
    }
}
