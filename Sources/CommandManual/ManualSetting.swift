/// What the manual says beside what the commands say of themselves.
package struct ManualSetting: Sendable {
    /// A term and what there is to say of it.
    package struct Entry: Sendable, Equatable {
        /// The term.
        package var term: String
        /// What there is to say.
        package var explanation: String

        init(_ term: String, _ explanation: String) {
            self.term = term
            self.explanation = explanation
        }
    }

    /// The version of the program.
    package var version: String
    /// What the program is.
    package var description: String
    /// The files that it reads and writes.
    package var files: [Entry]
    /// The environment variables that it obeys.
    package var variables: [Entry]
    /// How it ends.
    package var exitCodes: [Entry]

    /// The manual of Earwitness.
    package static func earwitness(version: String) -> ManualSetting {
        ManualSetting(
            version: version,
            description: """
                Earwitness is a sound monitor. It runs as a service on a machine with a microphone, \
                names the sounds it hears, writes each one to a database as an event with a beginning \
                and an end, and can say afterwards what it heard, what it did not hear, and how much \
                of the time it was really listening.

                Nothing but the data goes to standard output; messages, progress and errors go to \
                standard error.
                """,
            files: [
                Entry(
                    "/etc/earwitness/earwitness.yaml",
                    "The configuration, with drop-ins in earwitness.d/*.yaml beside it. Every setting is optional; the file that is installed explains them."
                ),
                Entry(
                    "/var/lib/earwitness",
                    "The state: events.sqlite, clips, overrides.yaml and learned models. For other users than root and the service it is $XDG_STATE_HOME/earwitness, else ~/.local/state/earwitness."
                ),
                Entry(
                    "/run/earwitness/api.sock",
                    "The socket of the service. Members of the group earwitness may use it."
                ),
            ],
            variables: [
                Entry("EARWITNESS_CONFIG", "The configuration file, where --config names none."),
                Entry("STATE_DIRECTORY", "The folder of the state. systemd sets it."),
                Entry("RUNTIME_DIRECTORY", "The folder of the socket. systemd sets it."),
                Entry(
                    "CREDENTIALS_DIRECTORY",
                    "Where systemd puts the credentials that web.token_file may name."
                ),
            ],
            exitCodes: [
                Entry("0", "done"),
                Entry("64", "wrong usage"),
                Entry("65", "the input is there but is not what it should be"),
                Entry("66", "no such input"),
                Entry("69", "the service is not running"),
                Entry("70", "a bug"),
                Entry("73", "cannot create the output"),
                Entry("74", "reading or writing failed"),
                Entry("77", "not permitted"),
                Entry("78", "configuration error"),
                Entry("130", "interrupted by Ctrl-C, what was finished is printed"),
            ]
        )
    }
}
