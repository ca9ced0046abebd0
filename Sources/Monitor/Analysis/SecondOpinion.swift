import AudioFiles
package import Detection
import LogMelFeatures
package import ModelLibrary
import NeuralNetwork
package import Settings

/// A model that is asked before an event of another one opens.
package struct Verifier: Sendable {
    /// What is asked about a class.
    struct Question: Equatable, Sendable {
        /// The class of the asked model.
        let soundClass: ClassIndex
        /// The score with which it agrees.
        let threshold: Float
    }

    /// The model that is asked.
    package let model: SoundModel
    private let settings: VerifySettings
    private let rules: DetectionSettings

    /// Joins a model with what the configuration says.
    ///
    /// - Parameters:
    ///   - model: The model that is asked.
    ///   - settings: What it is asked, and when it agrees.
    ///   - rules: The rules of its own classes.
    package init(model: SoundModel, settings: VerifySettings, rules: DetectionSettings) {
        self.model = model
        self.settings = settings
        self.rules = rules
    }

    /// The classes of a model about which nothing can be asked; their events open as ever.
    package func unaskedClasses(of other: SoundModel) -> [String] {
        zip(other.classes, questions(about: other)).compactMap { $1 == nil ? $0.name : nil }
    }

    /// What is asked about each class of a model; nil: nothing.
    func questions(about other: SoundModel) -> [Question?] {
        // A model does not confirm itself.
        guard other.name != model.name else { return other.classes.map { _ in nil } }
        return other.classes.map { soundClass in
            let name = settings.classes[soundClass.name] ?? soundClass.name
            return model.classes.firstIndex { $0.name == name }.map { place in
                Question(
                    soundClass: ClassIndex(place),
                    threshold: settings.threshold ?? rules.rule(for: name).on
                )
            }
        }
    }
}

/// Asks a model about single stretches of a source.
///
/// Each stretch stands alone, whatever was asked before, so that the answer depends on its samples
/// and nothing else.
final class SecondOpinion {
    /// The length of what the model hears at once, in samples of the source.
    let windowLength: Int

    private let model: SoundModel
    private let session: InferenceSession
    private let reader: ScoreReader
    private let resampler: StreamingResampler
    private let extractor: FeatureExtractor
    private let normalizer: PatchNormalizer

    /// Plans the network.
    ///
    /// - Parameters:
    ///   - model: The model that is asked.
    ///   - sampleRateHz: The rate of the source in Hz.
    /// - Throws: When the network or its front end can't be set up.
    init(_ model: SoundModel, sampleRateHz: Int) throws {
        self.model = model
        session = try model.makeSession()
        reader = ScoreReader(model.about)
        resampler = try StreamingResampler(
            fromRateHz: sampleRateHz,
            toRateHz: model.frontEnd.sampleRateHz
        )
        extractor = try FeatureExtractor(model.frontEnd)
        normalizer = try PatchNormalizer(model.frontEnd)
        let seconds = Double(model.windowSamples) / Double(model.frontEnd.sampleRateHz)
        windowLength = Int((seconds * Double(sampleRateHz)).rounded(.up))
    }

    /// The scores of a stretch.
    ///
    /// - Parameter samples: As many as ``windowLength``, at the source's rate.
    /// - Returns: A score a class; nil if the model's scores are invalid.
    /// - Throws: What the network throws.
    func scores(of samples: [Float]) throws -> [Float]? {
        var heard: [Float] = []
        resampler.reset()
        resampler.process(samples.span, appendingTo: &heard)
        resampler.flush(appendingTo: &heard)
        // Frames that reach over the end see silence there.
        heard.append(contentsOf: repeatElement(0, count: 2 * model.frontEnd.frameLength))
        let count = model.windowFrames * model.frontEnd.bandCount
        var features: [Float] = []
        extractor.reset()
        extractor.process(heard.span, appendingTo: &features)
        let missing = max(0, count - features.count)
        features.append(contentsOf: repeatElement(0, count: missing))
        var input = [Float](repeating: 0, count: model.inputShape.reduce(1, *))
        var prepared = input.mutableSpan
        normalizer.prepare(features.span.extracting(first: count), into: &prepared)
        var outputs = [Float](repeating: 0, count: model.about.classes.count)
        var result = outputs.mutableSpan
        try session.run(
            input.span,
            shape: model.inputShape,
            output: model.about.network.scores,
            into: &result
        )
        return (try? reader.read(outputs))?.classes
    }
}

/// Lets events of one model through that the second one agrees to.
///
/// An event that it does not agree to stays unannounced. While such a sound goes on, it is asked
/// again once a window of its own; if it agrees then, the event begins with that window.
final class EventVerification {
    private struct Waiting {
        var event: DetectedEvent
        var askedUpTo: SampleTime
        /// The best score that the second model gave.
        var best: Float
    }

    private struct Agreed {
        let start: SampleTime
        let score: Float?
    }

    /// How many windows, each half a window after the one before, are asked about at most.
    private static let greatestWindowCount: Int64 = 8
    /// The sound that has to be held before the end of a window, in windows of the asked model.
    static let heldWindows = 5

    private let opinion: SecondOpinion
    private let questions: [Verifier.Question?]
    private var waiting: [Int: Waiting] = [:]
    private var agreed: [Int: Agreed] = [:]

    /// Prepares for the events of one model.
    ///
    /// - Parameters:
    ///   - opinion: The model that is asked.
    ///   - questions: What it is asked about each of the classes.
    init(_ opinion: SecondOpinion, questions: [Verifier.Question?]) {
        self.opinion = opinion
        self.questions = questions
    }

    /// Asks about an event that begins.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - end: The end of the window at which it was decided.
    ///   - sound: The source's last samples.
    /// - Returns: The event as it is announced; nil while it is not.
    /// - Throws: What the network throws.
    func begin(
        _ event: DetectedEvent,
        decidedAt end: SampleTime,
        sound: SampleHistory
    ) throws -> DetectedEvent? {
        guard let question = question(about: event) else {
            agreed[event.number] = Agreed(start: event.start, score: nil)
            return event
        }
        let length = Int64(opinion.windowLength)
        let count = max(1, min(Self.greatestWindowCount, 2 * (end - event.start) / length))
        var best: Float = 0
        for number in 0..<count {
            let score = try self.score(question, endingAt: end - number * length / 2, sound)
            guard let score else { return announce(event, from: event.start, score: nil) }
            best = max(best, score)
            // The others can't change the answer.
            if best >= question.threshold { break }
        }
        guard best >= question.threshold else {
            waiting[event.number] = Waiting(event: event, askedUpTo: end, best: best)
            return nil
        }
        return announce(event, from: event.start, score: best)
    }

    /// Asks again about events that go on and are not announced.
    ///
    /// - Parameters:
    ///   - end: The end of the last window.
    ///   - sound: The source's last samples.
    /// - Returns: The events that begin now.
    /// - Throws: What the network throws.
    func events(goingOnAt end: SampleTime, sound: SampleHistory) throws -> [DetectedEvent] {
        let length = Int64(opinion.windowLength)
        var events: [DetectedEvent] = []
        for (number, state) in waiting.sorted(by: { $0.key < $1.key })
        where end - state.askedUpTo >= length {
            guard let question = question(about: state.event) else { continue }
            waiting[number]?.askedUpTo = end
            let score = try score(question, endingAt: end, sound)
            if let score, score < question.threshold {
                waiting[number]?.best = max(state.best, score)
                continue
            }
            events.append(
                announce(state.event, from: max(state.event.start, end - length), score: score)
            )
        }
        return events
    }

    /// Why an event that is over was never announced; nil if it was.
    func refusal(of event: DetectedEvent) -> NearMiss? {
        guard let refused = waiting[event.number], let question = question(about: event) else {
            return nil
        }
        return NearMiss(
            classIndex: event.classIndex,
            time: event.start,
            peak: event.peakScore,
            windowPeak: event.peakScore,
            threshold: question.threshold,
            reason: .secondOpinion(score: refused.best, needed: question.threshold)
        )
    }

    /// The end of an event as it is announced; nil if it never began.
    func end(_ event: DetectedEvent) -> DetectedEvent? {
        waiting[event.number] = nil
        guard let begun = agreed.removeValue(forKey: event.number) else { return nil }
        return Self.changed(event, begun)
    }

    /// Forgets everything.
    func reset() {
        waiting = [:]
        agreed = [:]
    }

    private func question(about event: DetectedEvent) -> Verifier.Question? {
        // The class after the last is that of unknown sounds.
        questions.indices.contains(event.classIndex.rawValue) ? questions[event.classIndex] : nil
    }

    private func announce(
        _ event: DetectedEvent,
        from start: SampleTime,
        score: Float?
    ) -> DetectedEvent {
        waiting[event.number] = nil
        let begun = Agreed(start: start, score: score)
        agreed[event.number] = begun
        return Self.changed(event, begun)
    }

    private static func changed(_ event: DetectedEvent, _ begun: Agreed) -> DetectedEvent {
        var event = event
        event.start = begun.start
        event.end = max(event.end, begun.start)
        event.secondScore = begun.score
        return event
    }

    /// The second model's score for what ends at a moment; sound that is not there is silence.
    private func score(
        _ question: Verifier.Question,
        endingAt end: SampleTime,
        _ sound: SampleHistory
    ) throws -> Float? {
        let stretch = (end - Int64(opinion.windowLength))..<end
        var samples = [Float](repeating: 0, count: opinion.windowLength)
        for block in sound.blocks(in: stretch) {
            let common = stretch.clamped(to: block.start..<block.end)
            var place = Int(common.lowerBound - stretch.lowerBound)
            for sample in block.samples(in: stretch) {
                samples[place] = sample
                place += 1
            }
        }
        return try opinion.scores(of: samples)?[question.soundClass]
    }
}
