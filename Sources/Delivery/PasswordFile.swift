import Foundation

/// A password that is the first line of a file.
struct PasswordFile {
    /// Why it can't be read, in one line.
    struct Unreadable: Error {
        let words: String
    }

    /// A path, or `credential:` and the name of a systemd credential.
    let reference: String
    /// The key of the setting, for messages.
    let setting: String

    /// Reads the password.
    ///
    /// - Parameter environment: The process's environment, which says where credentials are.
    /// - Returns: The first line.
    /// - Throws: Why it can't be read.
    func read(environment: [String: String]) throws(Unreadable) -> String {
        var path = reference
        let prefix = "credential:"
        if reference.hasPrefix(prefix) {
            let name = reference.dropFirst(prefix.count)
            guard !name.isEmpty, !name.contains("/"), name != "..",
                let folder = environment["CREDENTIALS_DIRECTORY"]
            else {
                throw Unreadable(
                    words: "systemd passed no credential '\(name)' for \(setting). Set "
                        + "'LoadCredential=\(name):FILE' in the unit."
                )
            }
            path = "\(folder)/\(name)"
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(words: "\(setting) '\(path)' can't be read.")
        }
        let text = String(decoding: data.prefix(4_096), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }
}
