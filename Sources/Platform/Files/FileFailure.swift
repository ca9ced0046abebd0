import Foundation

/// Why something failed in the file system, in words that fit into a sentence.
package enum FileFailure {
    /// The reason, such as `permission denied`, without a full stop.
    package static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file or folder"
        case .fileReadNoPermission, .fileWriteNoPermission: return "permission denied"
        case .fileWriteFileExists: return "a file of that name is in the way"
        case .fileWriteOutOfSpace: return "no space left"
        case .fileWriteVolumeReadOnly: return "the file system is read-only"
        default: break
        }
        if let code = systemCode(of: error) { return reason(code: code) }
        // What Foundation says of itself ("The operation could not be completed") helps nobody.
        switch (error as? CocoaError)?.code {
        case .fileReadCorruptFile: return "its content is damaged"
        case .fileReadInapplicableStringEncoding: return "it is not a text in UTF-8"
        case .fileReadTooLarge: return "it is too large"
        default: return "the system gave no reason"
        }
    }

    /// The reason for a code of the system, `errno`.
    package static func reason(code: Int32) -> String {
        switch code {
        case ENOENT: "no such file or folder"
        case EISDIR: "it is a folder"
        case ENOENT: "no such file or folder"
        case ENOTDIR: "a file is in the way where a folder should be"
        default: String(cString: strerror(code)).lowercased()
        }
    }

    /// Whether a code of the system says that the user may not do it.
    package static func isForbidden(code: Int32) -> Bool {
        code == EACCES || code == EPERM
    }

    /// What the system said, below what Foundation makes of it; nil if it was not the system.
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
