import Foundation

/// Why something failed in the file system, in words that fit into a sentence.
package enum FileFailure {
    /// The reason, such as `permission denied`, without a full stop.
    package static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file or folder"
        case .fileReadNoPermission, .fileWriteNoPermission: return "permission denied"
        case .fileWriteFileExists: return "a file with that name exists"
        case .fileWriteOutOfSpace: return "no space left"
        case .fileWriteVolumeReadOnly: return "the file system is read-only"
        default: break
        }
        if let code = systemCode(of: error) { return reason(code: code) }
        // Foundation's own text ("The operation could not be completed") gives no reason.
        switch (error as? CocoaError)?.code {
        case .fileReadCorruptFile: return "its content is damaged"
        case .fileReadInapplicableStringEncoding: return "it is not UTF-8 text"
        case .fileReadTooLarge: return "it is too large"
        default: return "the system gave no reason"
        }
    }

    /// The reason for a code of the system, `errno`.
    package static func reason(code: Int32) -> String {
        switch code {
        case ENOENT: "no such file or folder"
        case EISDIR: "it is a folder"
        case ENOTDIR: "a file exists where a folder is needed"
        default: String(cString: strerror(code)).lowercased()
        }
    }

    /// Whether a code of the system says that the user has no permission.
    package static func isForbidden(code: Int32) -> Bool {
        code == EACCES || code == EPERM
    }

    /// The system's errno behind an error of Foundation's; nil if there is none.
    package static func systemCode(of error: any Error) -> Int32? {
        let cause = (error as? CocoaError)?.underlying ?? error
        if let code = (cause as? POSIXError)?.code.rawValue { return code }
        switch (error as? CocoaError)?.code {
        case .fileWriteOutOfSpace: return ENOSPC
        case .fileWriteVolumeReadOnly: return EROFS
        default: return nil
        }
    }
}

/// Why a file that a command makes is not there, with what to do next.
package struct FileWriteError: Error, Equatable, CustomStringConvertible {
    /// What was to be written.
    package let path: String
    /// Why it was not, in words that fit into a sentence.
    package let reason: String
    /// The exit code (sysexits) of a command that fails for this reason: 73 where the file can't be
    /// made, 74 where the disk did not take its content.
    package let exitCode: Int32
    private let advice: String

    /// Describes a failure by the code of the system, `errno`.
    ///
    /// - Parameters:
    ///   - path: What was to be written.
    ///   - code: What the system said.
    ///   - isCreation: Whether the file was to be made, rather than written to.
    package init(path: String, code: Int32, isCreation: Bool) {
        self.path = path
        reason = FileFailure.reason(code: code)
        exitCode = isCreation && !Self.isOfTheDisk(code) ? 73 : 74
        switch code {
        case ENOSPC, EDQUOT: advice = "Free some space, or choose another path."
        case EFBIG: advice = "Raise the file size limit ('ulimit -f')."
        case EIO: advice = "Check the disk."
        default: advice = "Choose another path."
        }
    }

    /// Describes a failure that Foundation reports.
    package init(path: String, error: any Error) {
        if let code = FileFailure.systemCode(of: error) {
            self.init(path: path, code: code, isCreation: true)
        } else {
            self.init(path: path, reason: FileFailure.reason(error))
        }
    }

    /// Describes what can't be made for a reason that is not the system's.
    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
        exitCode = 73
        advice = "Choose another path."
    }

    package var description: String {
        "Cannot \(exitCode == 73 ? "create" : "write") '\(path)': \(reason). \(advice)"
    }

    /// Whether the code says that the disk is full or broken, whatever was done to the file.
    private static func isOfTheDisk(_ code: Int32) -> Bool {
        [ENOSPC, EDQUOT, EFBIG, EIO].contains(code)
    }
}
