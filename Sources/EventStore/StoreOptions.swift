/// How the event history is opened.
package struct StoreOptions: Sendable, Equatable {
    /// How long to wait for another program's lock before giving up, in seconds.
    package var busyTimeoutSeconds: Double = 5

    /// Whether the file is searched for damage first, with `quick_check`.
    ///
    /// It reads the whole file.
    package var checksIntegrity = true

    /// Creates the default options.
    package init() {}
}
