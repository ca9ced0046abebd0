import CCrypt
import Foundation
import Platform

/// The page's password as it is stored: a salted hash that is slow and takes memory to compute.
///
/// It is yescrypt by libxcrypt at the library's own cost, as Debian stores the passwords of users.
package struct WebPassword: Sendable, Equatable {
    /// The fewest characters of a password.
    package static let minLength = 8
    /// The most bytes of a password; libxcrypt takes no more (`CRYPT_MAX_PASSPHRASE_SIZE`).
    package static let maxBytes = 511

    /// The hash with its method, cost and salt, as `crypt(5)` writes it.
    package let hash: String

    /// Hashes a new password with a salt of its own.
    ///
    /// - Throws: ``WebPasswordError`` if it is too easily guessed, or can't be hashed.
    package init(hashing text: String) throws(WebPasswordError) {
        guard text.count >= Self.minLength else { throw .short(length: text.count) }
        let bytes = Self.normalized(text)
        guard bytes.utf8.count <= Self.maxBytes else { throw .long(bytes: bytes.utf8.count) }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .controlCharacter }
        guard let salt = crypt_gensalt_ra("$y$", 0, nil, 0) else { throw .cannotHash }
        defer { free(salt) }
        guard let hash = Self.crypt(bytes, setting: String(cString: salt)) else {
            throw .cannotHash
        }
        self.hash = hash
    }

    /// Takes the hash that a file holds; nil if it is none.
    package init?(stored text: String) {
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard line.hasPrefix("$"), line.count > 20, !line.contains(where: \.isWhitespace) else {
            return nil
        }
        hash = line
    }

    /// Whether a text is the password; takes as long as hashing does.
    package func matches(_ text: String) -> Bool {
        let bytes = Self.normalized(text)
        guard bytes.utf8.count <= Self.maxBytes, !bytes.utf8.contains(0),
            let given = Self.crypt(bytes, setting: hash)
        else { return false }
        return ConstantTime.areEqual(Array(given.utf8), Array(hash.utf8))
    }

    /// A phone and a keyboard may write one letter in two ways.
    private static func normalized(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping
    }

    private static func crypt(_ text: String, setting: String) -> String? {
        var memory: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer { free(memory) }
        guard let hash = crypt_ra(text, setting, &memory, &size) else { return nil }
        return String(cString: hash)
    }
}

/// What the file of the password holds.
enum StoredPassword: Equatable, Sendable {
    /// There is no file: no password is set.
    case none
    /// The file can't be used: nobody gets in by a password, or without one.
    case unusable(reason: String)
    case set(WebPassword)

    /// Reads a file.
    init(contentsOfFile path: String) {
        do throws(FileContents.Failure) {
            let text = String(decoding: try FileContents.read(path).prefix(4_096), as: UTF8.self)
            self =
                WebPassword(stored: text).map { .set($0) }
                ?? .unusable(reason: "it holds no hash of a password")
        } catch {
            let isMissing = error.code == ENOENT || error.code == ENOTDIR
            self = isMissing ? .none : .unusable(reason: FileFailure.reason(code: error.code))
        }
    }
}

/// Why a password is not accepted as a new one: one line each.
package enum WebPasswordError: Error, Equatable, CustomStringConvertible {
    /// It has too few characters.
    case short(length: Int)
    /// It has too many bytes.
    case long(bytes: Int)
    /// It has a character that no keyboard can repeat for sure.
    case controlCharacter
    /// The system's library can't hash.
    case cannotHash

    package var description: String {
        switch self {
        case .short(let length):
            "The password has \(length) characters; at least \(WebPassword.minLength) are needed. "
                + "Choose a longer one, such as four words."
        case .long(let bytes):
            "The password has \(bytes) bytes; at most \(WebPassword.maxBytes) are possible. "
                + "Choose a shorter one."
        case .controlCharacter:
            "The password contains a control character, such as a tab. Choose one without."
        case .cannotHash:
            "The system's libcrypt cannot make a yescrypt hash. Install libxcrypt 4.4 or later."
        }
    }
}

/// Comparisons whose time does not tell how much of a guess is right.
enum ConstantTime {
    /// Whether bytes are those of a secret.
    static func areEqual(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
        var difference = UInt8(given.count == secret.count ? 0 : 1)
        for (index, byte) in secret.enumerated() {
            difference |= byte ^ (index < given.count ? given[index] : ~byte)
        }
        return difference == 0
    }
}
