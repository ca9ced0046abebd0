import Foundation
import Platform

/// The folder of what was learnt on this box: one folder each, with its file and its examples.
package struct LearntLibrary: Sendable {
    /// The folder, such as `/var/lib/earwitness/learnt`.
    package let folder: String

    /// The name of the file in a sound's folder.
    package static let fileName = "learnt.json"

    /// Works in a folder, which need not be there.
    package init(folder: String) {
        self.folder = folder
    }

    /// The folder of a sound.
    package func folder(of name: String) -> String { "\(folder)/\(name)" }

    /// What was learnt, by name, and a line for each folder that can't be read.
    package func list() -> (sounds: [LearntSound], damaged: [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var sounds: [LearntSound] = []
        var damaged: [String] = []
        // A hidden folder is one that is being made.
        for name in names.sorted() where !name.hasPrefix(".") {
            do {
                sounds.append(try sound(named: name))
            } catch {
                damaged.append(error.description)
            }
        }
        return (sounds, damaged)
    }

    /// Why what was learnt under a name can't be used, with what to do.
    package struct Damage: Error, CustomStringConvertible {
        package let description: String
    }

    /// What was learnt under a name.
    ///
    /// - Throws: That its file can't be read, or is about another sound.
    package func sound(named name: String) throws(Damage) -> LearntSound {
        let path = "\(folder(of: name))/\(Self.fileName)"
        let sound: LearntSound
        do {
            sound = try Self.read(path)
        } catch {
            throw Damage(
                description: "'\(path)' can't be read (\(Self.reason(error))). Learn '\(name)' "
                    + "again from the recordings beside it, or remove it: "
                    + "earwitness learn remove \(name)"
            )
        }
        guard sound.name == name else {
            throw Damage(description: "'\(path)' is about '\(sound.name)'. Rename its folder.")
        }
        return sound
    }

    /// Reads the file of a sound.
    package static func read(_ path: String) throws -> LearntSound {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(
            LearntSound.self,
            from: Data(contentsOf: URL(fileURLWithPath: path))
        )
    }

    /// Writes a sound with its examples; the folder has its name only when all of it is there.
    ///
    /// - Parameters:
    ///   - sound: What was learnt; one of the same name is replaced.
    ///   - examples: Writes the examples into a folder, under the names that `sound` gives.
    /// - Throws: Why it can't be written; what was there before still is.
    package func write(_ sound: LearntSound, examples: (_ folder: String) throws -> Void) throws {
        let process = ProcessInfo.processInfo.processIdentifier
        let draft = "\(folder)/.\(sound.name).\(process)"
        let old = "\(folder)/.\(sound.name).old-\(process)"
        let target = self.folder(of: sound.name)
        let files = FileManager.default
        try OutputFile.createFolder(draft)
        do {
            try examples(draft)
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(sound), as: UTF8.self)
            try OutputFile.write(text + "\n", to: "\(draft)/\(Self.fileName)", isDurable: true)
            let isThere = files.fileExists(atPath: target)
            if isThere { try files.moveItem(atPath: target, toPath: old) }
            do {
                try files.moveItem(atPath: draft, toPath: target)
            } catch {
                if isThere { try? files.moveItem(atPath: old, toPath: target) }
                throw error
            }
        } catch {
            try? files.removeItem(atPath: draft)
            throw error
        }
        try? files.removeItem(atPath: old)
        OutputFile.syncFolder(of: target)
    }

    /// Removes a sound and its examples.
    package func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: folder(of: name))
    }

    private static func reason(_ error: any Error) -> String {
        error is DecodingError ? "it is not what was written" : FileFailure.reason(error)
    }
}

extension LearntLibrary {
    /// Adds what was learnt to the models that it was learnt for.
    ///
    /// - Parameter models: The models in use.
    /// - Returns: The models with their learnt sounds; a line for each sound that is not in force;
    ///   and those that are.
    package func applied(
        to models: [SoundModel]
    ) -> (models: [SoundModel], remarks: [String], inForce: [LearntSound]) {
        let (sounds, damaged) = list()
        guard !sounds.isEmpty else { return (models, damaged, []) }
        var remarks = damaged
        var inForce: [LearntSound] = []
        for sound in sounds {
            let obstacle =
                models.first { $0.name == sound.model }.map { $0.obstacle(to: sound) }
                ?? "its model '\(sound.model)' is not in use; run 'earwitness learn again' to learn it for the one that is"
            if let obstacle {
                remarks.append("The learnt '\(sound.name)' is not in force: \(obstacle).")
            } else {
                inForce.append(sound)
            }
        }
        let added = models.map { model in
            model.adding(sounds.filter { $0.model == model.name })
        }
        return (added, remarks, inForce)
    }
}
