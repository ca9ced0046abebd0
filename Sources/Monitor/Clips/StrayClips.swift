import AudioFiles
import Foundation

/// Clips on the disk that belong to no event of the history, as after a rescue or with a restored
/// database: retention removes them, and those that take space go before all others.
struct StrayClips {
    private let folder: ClipFolder
    /// The oldest first.
    private var clips: [FoundClip] = []

    /// What was removed.
    typealias Removal = (count: Int, byteCount: Int64)

    /// Begins with none.
    init(folder: ClipFolder) {
        self.folder = folder
    }

    /// How many there are.
    var count: Int { clips.count }

    /// What they take, in bytes.
    var byteCount: Int64 { clips.reduce(0) { $0 + $1.byteCount } }

    /// Looks for them.
    ///
    /// - Parameters:
    ///   - birth: When the history began; what is older belongs to another one.
    ///   - known: The paths of the clips that the history has.
    mutating func find(since birth: Date, known: Set<String>) {
        clips = folder.clips()
            .filter { !known.contains($0.name.path) && $0.written >= birth }
            .sorted { $0.written < $1.written }
    }

    /// Forgets those that are no longer there.
    mutating func forgetDeleted() {
        clips.removeAll { !folder.contains($0.name) }
    }

    /// Removes those that were written before a moment.
    mutating func remove(writtenBefore moment: Date) -> Removal {
        remove { clip, _ in clip.written < moment }
    }

    /// Removes so many, the oldest first, or all.
    mutating func remove(count: Int) -> Removal {
        remove { _, removal in removal.count < count }
    }

    /// Removes at least so many bytes, the oldest first, or all.
    mutating func remove(bytes: Int64) -> Removal {
        remove { _, removal in removal.byteCount < bytes }
    }

    private mutating func remove(while isDue: (FoundClip, Removal) -> Bool) -> Removal {
        var removal: Removal = (0, 0)
        while let clip = clips.first, isDue(clip, removal), folder.remove(clip.name) {
            clips.removeFirst()
            removal = (removal.count + 1, removal.byteCount + clip.byteCount)
        }
        return removal
    }
}
