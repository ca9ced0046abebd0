package import ModelLibrary

/// What was learnt on this box and is in force, as the folder said when it was read last: a value.
package struct LearntInForce: Sendable {
    /// The models in use, with what was learnt for them.
    package private(set) var models: [SoundModel]
    /// A line for each learnt sound that is not in force.
    package private(set) var remarks: [String]

    private let installed: [SoundModel]
    private let library: LearntLibrary
    private var sounds: [LearntSound]

    /// Reads what was learnt.
    ///
    /// - Parameters:
    ///   - installed: The models in use as they are installed.
    ///   - library: Where it is.
    package init(_ installed: [SoundModel], _ library: LearntLibrary) {
        self.installed = installed
        self.library = library
        (models, remarks, sounds) = library.applied(to: installed)
    }

    /// Reads it again.
    ///
    /// - Returns: The names of what came, went or was learnt again, in alphabetical order.
    /// - Throws: That a network can't be run with it; nothing is changed then.
    mutating func update() throws(ModelFolderError) -> [String] {
        let new = LearntInForce(installed, library)
        let changed = Set(
            (sounds.filter { !new.sounds.contains($0) }
                + new.sounds.filter { !sounds.contains($0) }).map(\.name)
        )
        remarks = new.remarks
        // Networks that are the same need not be prepared again.
        guard !changed.isEmpty else { return [] }
        for sound in new.sounds where changed.contains(sound.name) {
            _ = try new.models.first { $0.name == sound.model }?.makeSession()
        }
        self = new
        return changed.sorted()
    }
}
