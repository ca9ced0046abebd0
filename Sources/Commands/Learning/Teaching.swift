import Detection
import EventStore
import Foundation
import Learning
import ModelLibrary
import Monitor
import Platform
import Settings

/// What is to be learnt, for which model.
struct LearningTask {
    var name: String
    var label: String
    var notClass: String?
    /// The model as installed.
    var model: SoundModel
    /// What was learnt under this name before.
    var known: LearntSound?
}

/// Learns from recordings and the history of this box, and writes what was learnt.
struct Teaching {
    private let service: ServiceOptions
    private let models: [SoundModel]
    private let wanted: String?
    private let othersPath: String?
    let library: LearntLibrary

    /// Loads the models in use, or the one that is named.
    init(service: ServiceOptions, model: String? = nil, othersPath: String? = nil) throws {
        self.service = service
        self.othersPath = othersPath
        wanted = model
        let names = try model.map { [$0] } ?? service.loadConfiguration().modelsInUse
        models = try service.loadInstalledModels(names).models
        library = service.learnt
    }

    // MARK: - The task

    /// What is to be learnt, if its name allows it.
    ///
    /// - Throws: That the name is taken, that there is no such class, or that no model can learn.
    func task(name: String, notClass: String?, label: String? = nil) throws -> LearningTask {
        let known = library.list().sounds.first { $0.name == name }
        if let notClass { return try task(name: name, not: notClass, known: known) }
        for model in models {
            let taken = model.about.classes + model.about.eventClasses
            guard let found = taken.first(where: { $0.name == name }) else { continue }
            throw CommandFailure(
                .usage,
                "The model '\(model.name)' has a class '\(name)' (\(found.label)). Choose another "
                    + "name; what is not it is learnt by 'earwitness learn --not \(name)'."
            )
        }
        let able = models.first { $0.embedding != nil }
        guard let model = models.first(where: { $0.name == known?.model }) ?? able else {
            throw LearningError.noEmbedding(model: models.map(\.name).joined(separator: ", "))
        }
        return LearningTask(
            name: name,
            label: label ?? known?.label ?? Self.label(of: name),
            model: model,
            known: known
        )
    }

    private func task(
        name: String,
        not className: String,
        known: LearntSound?
    ) throws -> LearningTask {
        let learnt = library.list().sounds.first { $0.name == className }
        let owner = models.first { model in
            model.classes.contains { $0.name == className } || learnt?.model == model.name
        }
        guard let owner else {
            let classes = models.flatMap(\.classes).map(\.name)
            let question = NearestName.question(for: className, among: classes)
            throw CommandFailure(
                .usage,
                "There is no class '\(className)' in \(models.map(\.name).joined(separator: ", ")). "
                    + (question.isEmpty
                        ? "'earwitness thresholds --all' lists them."
                        : question.prefix(1).uppercased() + question.dropFirst())
            )
        }
        return LearningTask(
            name: name,
            label: "Not \(className)",
            notClass: className,
            model: owner,
            known: known
        )
    }

    private static func label(of name: String) -> String {
        let words = name.replacing("_", with: " ").replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    // MARK: - Examples

    /// The examples that a sound was learnt from before, and more.
    func examples(of task: LearningTask, paths: [String], events: [Int64]) throws -> [ExampleClip] {
        var clips = try task.known.map(storedExamples) ?? []
        for path in paths { clips.append(try ExampleClip(path: path, name: path)) }
        guard !events.isEmpty else { return clips }
        let store = try EventStore.openForQueries(path: service.location.databasePath)
        defer { try? store.close() }
        for id in events { clips.append(try example(ofEvent: id, in: store)) }
        return clips
    }

    /// The examples in a learnt sound's folder.
    func storedExamples(of sound: LearntSound) throws -> [ExampleClip] {
        try sound.examples.map { file in
            let path = "\(library.folder(of: sound.name))/\(file)"
            return try ExampleClip(path: path, name: path)
        }
    }

    /// Around an event that much of its clip is looked at, in seconds.
    private static let eventMarginSeconds = 0.2

    private func example(ofEvent id: Int64, in store: EventStore) throws -> ExampleClip {
        guard let event = try store.event(id) else { throw StoreError.noSuchEvent(id: id) }
        guard let path = event.clipPath else {
            let reason = try store.clipAbsence(ofEvent: id)
            throw CommandFailure(
                .noInput,
                "Event \(id) (\(event.className)) has no clip"
                    + "\(reason.map { " (\($0.rawValue))" } ?? ""). Give events that 'earwitness "
                    + "events' shows with one, or keep them with clips.keep."
            )
        }
        var part: ClosedRange<Double>?
        if let start = try store.clipStart(ofEvent: id), let end = event.end {
            let first = event.start.timeIntervalSince(start) - Self.eventMarginSeconds
            let last = end.timeIntervalSince(start) + Self.eventMarginSeconds
            part = max(0, first)...max(max(0, first), last)
        }
        return try ExampleClip(
            path: "\(service.location.clipsDirectory)/\(path)",
            name: "event \(id)",
            part: part
        )
    }

    // MARK: - Learning

    /// Learns; nothing is kept yet.
    ///
    /// - Parameters:
    ///   - task: What.
    ///   - clips: The examples.
    ///   - events: Events whose clips are among them.
    /// - Returns: What was learnt, and how it would have done.
    /// - Throws: Why it can't be learnt.
    func lesson(_ task: LearningTask, clips: [ExampleClip], events: [Int64]) throws -> Lesson {
        let began = ContinuousClock.now
        let embedder = try WindowEmbedder(task.model)
        let builtIn = try embedder.builtInSounds()
        let sounds = try OtherSounds.read(for: task.model, at: othersPath)
        let past = PastSounds(service: service, embedder: embedder, without: events)
        let scorer = task.notClass.flatMap { ClassScorer(of: $0, in: task.model) }
        let learner = SoundLearner(embedder, background: builtIn.demo)
        let least = task.notClass == nil ? SoundLearner.exampleCounts.lowerBound : 1
        let general = OtherGroups(of: [builtIn.rows] + (sounds.map { [$0.rows] } ?? []), scorer)
        let first = try learner.learn(clips, others: general.others, least: least)
        // What it takes for the sound may be the sound: it is shown, not taught as something else.
        let strongest = past.scored(by: first.head)
        let settled = past.clips.filter { clip in
            if let label = clip.labelledClass { return label != task.name }
            return clip.isFalseAlarm || (strongest[clip.eventID] ?? 0) < first.on
        }
        let all = general.adding(settled, notClass: task.notClass)
        let head =
            settled.isEmpty
            ? first : try learner.learn(clips, others: all.others, least: least)
        let scores = past.scored(by: head.head)
        let fired = past.clips.filter { (scores[$0.eventID] ?? 0) >= head.on }
        return Lesson(
            task: task,
            clips: clips,
            head: head,
            seconds: (ContinuousClock.now - began) / .seconds(1),
            others: Lesson.Others(
                ofModel: sounds?.from,
                pastClips: past.clips.count,
                ofClass: all.windowsOfClass
            ),
            past: past.clips.isEmpty
                ? nil : Lesson.Past(days: past.days, fired: fired, scores: scores)
        )
    }

    /// Writes what was learnt with its examples.
    func keep(_ lesson: Lesson) throws {
        let sound = lesson.sound(learntAt: Date())
        try library.write(sound) { folder in
            for (file, clip) in zip(sound.examples, lesson.clips) {
                try clip.write(to: "\(folder)/\(file)")
            }
        }
    }
}

/// The groups of other sounds, with those of a class that examples are not.
private struct OtherGroups {
    var others = SoundLearner.Others(groups: [])
    /// Windows that the model takes for the class.
    var windowsOfClass = 0

    /// Rows of a group: about as many as a recording has.
    private static let groupRows = 12
    /// From this score on a window counts as one of the class.
    private static let classScore: Float = 0.5

    init(of parts: [EmbeddingRows], _ scorer: ClassScorer?) {
        for rows in parts {
            let scores = scorer?.scores(of: rows) ?? []
            for start in stride(from: 0, to: rows.count, by: Self.groupRows) {
                let places = start..<min(start + Self.groupRows, rows.count)
                let ofClass = places.filter { !scores.isEmpty && scores[$0] >= Self.classScore }
                let rest = places.filter { scores.isEmpty || scores[$0] < Self.classScore }
                append(rows.rows(rest), isOfClass: false)
                append(rows.rows(ofClass), isOfClass: true)
            }
        }
    }

    private mutating func append(_ rows: EmbeddingRows, isOfClass: Bool) {
        guard rows.count > 0 else { return }
        if isOfClass {
            others.emphasised.insert(others.groups.count)
            windowsOfClass += rows.count
        }
        others.groups.append(rows)
    }

    /// The same with clips of the past.
    ///
    /// Of clips of the class that the examples are not, only those that a person called right count
    /// as the class.
    func adding(_ clips: [PastSounds.Clip], notClass: String?) -> OtherGroups {
        var all = self
        for clip in clips {
            let isRight = notClass != nil && clip.labelledClass == notClass
            if let notClass, clip.className == notClass, !isRight, !clip.isFalseAlarm {
                continue
            }
            all.append(clip.rows, isOfClass: isRight)
        }
        return all
    }
}
