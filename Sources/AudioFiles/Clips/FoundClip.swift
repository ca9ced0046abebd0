package import Foundation

/// A clip's file, as it was found on the disk.
package struct FoundClip: Equatable, Sendable {
    /// Its name, which says whose sound it is.
    package let name: ClipName
    /// The length of the file, in bytes.
    package let byteCount: Int64
    /// When it was written.
    package let written: Date
}
