import GRDB

/// What an open history is connected to, and what is known against it.
struct StoreConnection {
    var reader: (any DatabaseReader)?
    var writer: (any DatabaseWriter)?
    /// Why there is no reader, or no writer.
    var fault: StoreError
    /// What was found out of the ordinary since the file was opened, by any reader.
    var suspicion: StoreError?
    /// The file that was opened; another one of its name is not ours.
    var file: FileIdentity?
    /// What had to be put in order when it was opened.
    var recovery = RecoveryReport()

    init(fault: StoreError) {
        self.fault = fault
    }

    /// Lets go of the file.
    mutating func forgetFile() {
        reader = nil
        writer = nil
        file = nil
    }
}
