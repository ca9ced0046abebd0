import ArgumentParser
import AudioFiles
import Foundation
import Learning
import ModelLibrary
import Platform
import Settings

/// A learnt sound with its examples in one file.
private struct LearntFile: Codable {
    var learnt: LearntSound
    /// FLAC, by the names that ``learnt`` gives them.
    var clips: [String: Data]
}

extension LearnCommand {
    /// `earwitness learn export NAME FILE`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes what was learnt and its examples into one file."
        )

        @Argument(help: "What was learnt, as 'learn list' names it.") var name: String
        @Argument(help: "The file, such as kettle.json.") var file: String
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let library = service.learnt
            try LearnCommand.requireKnown(name, in: library)
            let folder = library.folder(of: name)
            let sound = try LearntLibrary.read("\(folder)/\(LearntLibrary.fileName)")
            var clips: [String: Data] = [:]
            for example in sound.examples {
                clips[example] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(example)"))
            }
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let content = try encoder.encode(LearntFile(learnt: sound, clips: clips))
            try OutputFile.write([UInt8](content), to: file)
            StandardError.write(
                "'\(name)' was written to '\(file)' with its \(clips.count) example(s).\n"
            )
        }
    }

    /// `earwitness learn import FILE`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learns from an exported file; for the same model it is taken as it is."
        )

        @Argument(help: "The file that 'learn export' wrote.") var file: String
        @Option(help: "Another name than the file gives.") var name: String?
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            var content = try Self.read(file)
            if let name {
                guard content.learnt.notClass == nil, ValueForm<String>.isName(name) else {
                    throw CommandFailure(.usage, "'\(name)' can't be the name of this class.")
                }
                content.learnt.name = name
            }
            let sound = content.learnt
            let library = service.learnt
            guard !FileManager.default.fileExists(atPath: library.folder(of: sound.name)) else {
                throw CommandFailure(
                    .cannotCreate,
                    "'\(sound.name)' is learnt here already. Remove it first, or give another "
                        + "--name."
                )
            }
            let teaching = try Teaching(service: service)
            let task = try teaching.task(
                name: sound.name,
                notClass: sound.notClass,
                label: sound.label
            )
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("earwitness-import-\(UUID().uuidString)").path
            try OutputFile.createFolder(folder)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let clips = try sound.examples.map { example in
                guard let bytes = content.clips[example] else { throw Self.damaged(file) }
                let path = "\(folder)/\(UUID().uuidString).flac"
                try OutputFile.write([UInt8](bytes), to: path)
                return try ExampleClip(path: path, name: "\(example) of '\(file)'")
            }
            if sound.model == task.model.name, task.model.obstacle(to: sound) == nil {
                try library.write(sound) { folder in
                    for (example, clip) in zip(sound.examples, clips) {
                        try clip.write(to: "\(folder)/\(example)")
                    }
                }
                try StandardOutput.writeLine(
                    "Imported '\(sound.name)' with \(clips.count) example(s), as it was learnt for "
                        + "\(sound.model)."
                )
            } else {
                let lesson = try teaching.lesson(task, clips: clips, events: [])
                try teaching.keep(lesson)
                try StandardOutput.write(lesson.text)
            }
            await LearnCommand.putInForce([sound.name], of: service)
        }

        /// Reads a file; its names must not lead out of the folder.
        private static func read(_ file: String) throws -> LearntFile {
            guard FileManager.default.fileExists(atPath: file) else {
                throw CommandFailure(.noInput, "There is no file '\(file)'. Check the path.")
            }
            try CommandFailure.refuseFolder(file)
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let content = try Data(contentsOf: URL(fileURLWithPath: file))
            guard let read = try? decoder.decode(LearntFile.self, from: content),
                ValueForm<String>.isName(read.learnt.name),
                read.learnt.examples.allSatisfy(ValueForm<String>.isName)
            else { throw damaged(file) }
            return read
        }

        private static func damaged(_ file: String) -> CommandFailure {
            CommandFailure(
                .badData,
                "'\(file)' is not what 'earwitness learn export' wrote. Export it again."
            )
        }
    }

    /// `earwitness learn others PATH…`.
    struct Others: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the file of other sounds that a model's learnt classes are told from.",
            discussion: """
                The shipped models have theirs. For a model that was trained or added, put the file \
                into its folder as other-sounds.bin.
                """
        )

        @Argument(help: "Recordings of all kinds of sounds, or folders that hold some.")
        var paths: [String]
        @Option(help: "The model; without it the first in use.") var model: String?
        @Option(help: "The file that is written.") var output: String
        @Option(help: "Which recordings they are, with their licences; stands in the file.")
        var from: String
        @Option(help: "The most windows of each recording.") var windows = 2
        @OptionGroup var service: ServiceOptions

        func validate() throws {
            guard (1...100).contains(windows) else {
                throw ValidationError("--windows is \(windows); give 1 to 100.")
            }
        }

        func run() throws {
            let name = try model ?? service.loadConfiguration().commonModels[0]
            let model = try service.loadModel(name)
            let embedder = try WindowEmbedder(model)
            let list = try RecordingList(paths)
            for line in list.remarks + list.obstacles { StandardError.writeMessage(line) }
            var rows = EmbeddingRows(length: embedder.embedding.length)
            for path in list.paths {
                do {
                    rows.append(try embedder.loudestWindows(of: path, most: windows))
                } catch let error as RecordingError {
                    StandardError.writeMessage("\(error)")
                }
            }
            guard rows.count > 0 else {
                throw CommandFailure(.badData, "None of the recordings is as long as a window.")
            }
            let content = try OtherSounds(from: from, rows: rows).serialized(for: model)
            try OutputFile.write(content, to: output)
            StandardError.write(
                "\(rows.count) windows of \(list.paths.count) recordings were written to "
                    + "'\(output)'.\n"
            )
        }
    }
}
