import Detection
import EventStore
import Foundation
import Messages
import ModelLibrary
import Settings
import TestSupport
import Testing

@testable import Monitor

/// The past judged anew: by the rules of the time it must be what it was.
@Suite struct ScoreReplayTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let rateHz = 16_000
    /// Dates are kept in milliseconds, those of blocks too.
    private static let toleranceSeconds = 0.003

    private let home: BacklogHome
    private let store: EventStore
    private let model: SoundModel
    private let settings: AnalysisSettings

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
        model = try ReferenceModel.load()
        settings = try MonitorConfiguration().analysisSettings(for: model)
    }

    /// The settings with every class's rule changed.
    private func changed(_ change: (inout ClassRule) -> Void) -> AnalysisSettings {
        var settings = settings
        change(&settings.detection.defaults)
        for name in model.classes.map(\.name) {
            var rule = self.settings.detection.rule(for: name)
            change(&rule)
            settings.detection.classes[name] = rule
        }
        return settings
    }

    private func past(until end: Date) throws -> PastBlocks {
        try store.pastBlocks(from: Self.noon - 3_600, to: end, model: model.name)
    }

    private func replayed(
        _ past: PastBlocks,
        of className: String? = nil,
        by rules: ScoreReplay.Rules? = nil
    ) throws -> [PastEvent] {
        var packs = PackedScores()
        var replay = ScoreReplay(
            of: className,
            by: rules ?? .ofTheTime(otherwise: DetectionSettings())
        ) { try store.scoreBlock($0, &packs) }
        return try replay.events(of: past).sorted {
            ($0.start, $0.className) < ($1.start, $1.className)
        }
    }

    private func expect(_ replayed: [PastEvent], are events: [PastEvent], _ comment: Comment) {
        #expect(replayed.map(\.className) == events.map(\.className), comment)
        for (found, event) in zip(replayed, events) {
            #expect(found.source == event.source, comment)
            let late = found.start.timeIntervalSince(event.start)
            #expect(abs(late) < Self.toleranceSeconds, "\(comment): \(event) \(found)")
            let longer = found.end.timeIntervalSince(event.end)
            #expect(abs(longer) < Self.toleranceSeconds, "\(comment): \(event) \(found)")
            #expect(found.peakScore == event.peakScore, comment)
            #expect(found.meanScore == event.meanScore, comment)
            #expect(abs(found.levelDBFS - event.levelDBFS) < 0.05, "\(comment): \(event) \(found)")
        }
    }

    private func recorded() throws -> [PastEvent] {
        try store.events(matching: EventFilter()).map { event in
            PastEvent(
                source: event.source,
                className: event.className,
                start: event.start,
                end: event.end ?? event.start,
                peakScore: Float(event.peakScore),
                meanScore: Float(event.meanScore),
                levelDBFS: Float(event.levelDBFS ?? -.infinity)
            )
        }.sorted { ($0.start, $0.className) < ($1.start, $1.className) }
    }

    @Test func gapsARestartAndChangedRulesAreJudgedAsTheyWereWhenTheyWereHeard() async throws {
        let world = OwnedWorld(start: Self.noon)
        let first = try OwnedMonitor(world: world, store: store)
        first.hear(seconds: 20)
        first.suspend(seconds: 100)
        // Into the chainsaw, which lasts from 43 to 48 s, and on with other rules.
        first.hear(seconds: 25)
        first.judge(
            by: changed { rule in
                rule.on *= 0.6
                rule.off *= 0.6
                rule.smoothingWindows = 1
            }
        )
        first.hear(seconds: 4)
        first.beAway(seconds: 30) {}
        first.hear(seconds: 2)
        first.judge(by: changed { $0.mergeGapSeconds = 0 })
        first.hearTheRest()
        await first.finish()
        world.pass(nanoseconds: 90_000_000_000)
        let second = try OwnedMonitor(world: world, store: store)
        second.hear(seconds: 30)
        second.holdDevice(seconds: 4)
        second.hearTheRest()
        await second.finish()

        let past = try past(until: world.now)
        #expect(Set(past.heads.map(\.listeningSince)).count == 2)
        #expect(past.rules.count == 3)
        let events = try recorded()
        #expect(events.count >= 16)
        expect(try replayed(past), are: events, "all classes")
        for name in Set(events.map(\.className)) {
            let own = events.filter { $0.className == name }
            expect(try replayed(past, of: name), are: own, "\(name)")
        }
    }

    /// Ways to judge that remember much or little.
    private static let rules: [@Sendable (inout ClassRule) -> Void] = [
        { _ in },
        { rule in (rule.smoothing, rule.smoothingWindows) = (.median, 5) },
        { rule in (rule.smoothing, rule.smoothingWindows) = (.exponential, 4) },
        { rule in (rule.confirmationHits, rule.confirmationWindows) = (2, 4) },
        { rule in (rule.mergeGapSeconds, rule.minDurationSeconds) = (20, 0.5) },
        { rule in (rule.on, rule.off, rule.smoothingWindows) = (0.2, 0.1, 1) },
        { rule in (rule.maxDurationSeconds, rule.coolDownSeconds) = (1.5, 3) },
        { $0.suppressedBy = ["chainsaw"] },
    ]

    @Test(arguments: rules.indices)
    func silenceThatIsNotStoredIsJudgedAsIfItWere(place: Int) throws {
        let settings = changed(Self.rules[place])
        let scene = Array(DemoSound.samples(rateHz: Self.rateHz))
        let silence = [Float](repeating: 0, count: 75 * Self.rateHz)
        let parts = [
            Array(scene.prefix(30 * Self.rateHz)), silence,
            Array(scene.dropFirst(30 * Self.rateHz)), silence,
            Array(scene.prefix(Self.rateHz * 50)),
        ]
        let (events, hopCount) = try store(parts, judgedBy: settings, gapBefore: 2)
        let past = try past(until: Self.noon + 7_200)
        #expect(past.heads.contains { $0.silentSamples > Int64(30 * Self.rateHz) })
        #expect(past.heads.reduce(0) { $0 + $1.hopCount } < hopCount * 3 / 4)
        #expect(!events.isEmpty)
        expect(try replayed(past), are: events, "all classes")
        for name in model.classes.map(\.name) {
            let own = events.filter { $0.className == name }
            expect(try replayed(past, of: name), are: own, "\(name)")
        }
        #expect(try replayed(past, by: .fixed(settings.detection)) == (try replayed(past)))
    }

    @Test(arguments: 0..<12)
    func whateverIsHeardIsJudgedAgainToTheBit(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        func madeUp(_ place: UInt64) -> DetectionSettings {
            var settings = DetectionSettings()
            (settings.defaults.on, settings.defaults.off) = (0.6, 0.4)
            Self.rules[Int(place) % Self.rules.count](&settings.defaults)
            if !settings.defaults.suppressedBy.isEmpty {
                var own = settings.defaults
                own.suppressedBy = []
                settings.classes["chainsaw"] = own
            }
            settings.reportsUnknown = place % 3 == 1
            return settings
        }
        let rules = seed % 2 == 0 ? [madeUp(seed)] : [madeUp(seed), madeUp(seed / 2)]
        let source = MadeUpSource(
            hopSeconds: seed % 4 < 2 ? 0.24 : 0.48,
            rules: rules,
            using: &random
        )
        let names = MadeUpSource.classNames + [DetectionSettings.unknownClassName]
        let identity = ModelIdentity(
            name: model.name,
            version: "1",
            digest: "d",
            classes: names.map { ClassIdentity(name: $0, label: $0) }
        )
        _ = try store.apply(
            [],
            measurements: source.blocks.map {
                .scores(source: "porch", model: identity.key, $0)
            },
            keys: try store.keys(for: [identity], now: Self.noon)
        )
        let past = try past(until: source.end + 60)
        #expect(source.events.count > 10)
        #expect(past.heads.reduce(0) { $0 + $1.hopCount } < source.hopCount)
        expect(try replayed(past), are: source.events, "all classes")
        for name in names where seed % 3 == 1 || name != DetectionSettings.unknownClassName {
            expect(
                try replayed(past, of: name),
                are: source.events.filter { $0.className == name },
                "\(name)"
            )
        }
        let judged = try replayed(past)
        while try store.packScores(from: Self.noon, before: source.end + 7_200) != nil {}
        #expect(try self.past(until: source.end + 60) == past)
        #expect(try replayed(past) == judged)
    }

    /// Analyses sounds that follow one another and stores their scores.
    ///
    /// - Returns: What was found, and how many hops there are.
    private func store(
        _ parts: [[Float]],
        judgedBy settings: AnalysisSettings,
        gapBefore gap: Int
    ) throws -> (events: [PastEvent], hopCount: Int) {
        let use = ModelUse(model: model, settings: settings)
        let analysis = try SourceAnalysis([use], sampleRateHz: Self.rateHz)
        var findings: [AnalysisFinding] = []
        var position: Int64 = 0
        for (index, part) in parts.enumerated() {
            if index == gap {
                position += Int64(7 * Self.rateHz + 77)
                try analysis.resume(at: SampleTime(position), appendingTo: &findings)
            }
            try analysis.process(part.span, appendingTo: &findings)
            position += Int64(part.count)
        }
        try analysis.finish(appendingTo: &findings)
        func date(_ time: SampleTime) -> Date {
            Self.noon + Double(time.index) / Double(Self.rateHz)
        }
        var builder = ScoreBlockBuilder(
            hopSeconds: analysis.hopSeconds[0],
            classCount: model.classes.count,
            listeningSince: Self.noon,
            sampleRateHz: Self.rateHz,
            rules: settings.detection.storedText
        )
        var (blocks, events, hopCount): ([ScoreBlock], [PastEvent], Int) = ([], [], 0)
        for finding in findings {
            switch finding {
            case .hop(let hop, _):
                hopCount += 1
                let time = date(hop.hop.lowerBound)..<date(hop.hop.upperBound)
                if let block = builder.append(hop, over: time) { blocks.append(block) }
            case .ended(let event, _):
                events.append(
                    PastEvent(
                        source: "porch",
                        className: model.soundClass(of: event).name,
                        start: date(event.start),
                        end: date(event.end),
                        peakScore: event.peakScore,
                        meanScore: event.meanScore,
                        levelDBFS: event.levelDBFS
                    )
                )
            case .began, .near: break
            }
        }
        blocks += [builder.flush()].compactMap(\.self)
        let keys = try store.keys(for: [model.identity], now: Self.noon)
        _ = try store.apply(
            [],
            measurements: blocks.map {
                .scores(source: "porch", model: model.identity.key, $0)
            },
            keys: keys
        )
        return (events.sorted { ($0.start, $0.className) < ($1.start, $1.className) }, hopCount)
    }

    // MARK: - What if

    private func heardScene() async throws -> Date {
        let world = OwnedWorld(start: Self.noon)
        let monitor = try OwnedMonitor(world: world, store: store)
        monitor.hearTheRest()
        await monitor.finish()
        return world.now
    }

    private func question(_ className: String, _ trial: RuleTrial, until end: Date) -> WhatIf {
        WhatIf(
            className: className,
            model: JudgedModel(name: model.name, settings: settings.detection),
            trial: trial,
            from: Self.noon - 60,
            to: end
        )
    }

    @Test func theRuleInForceLetsNothingComeOrGo() async throws {
        let end = try await heardScene()
        for name in Set(try recorded().map(\.className)) {
            let answer = try question(name, RuleTrial(), until: end).answer(from: store)
            #expect(answer.was > 0 && answer.was == answer.wouldBe, "\(name)")
            #expect(answer.comeCount == 0 && answer.goCount == 0, "\(name)")
            #expect(answer.perDay.map(\.was) == [answer.was])
            #expect(answer.remarks.isEmpty)
            #expect(answer.scoredSeconds > 30)
        }
    }

    @Test func aThresholdThatNothingReachesLetsAllGo() async throws {
        let end = try await heardScene()
        let answer = try question("chainsaw", RuleTrial(on: 1), until: end).answer(from: store)
        #expect(answer.was > 0)
        #expect(answer.wouldBe == 0)
        #expect(answer.go.compactMap(\.id) == (try recorded(of: "chainsaw")).reversed())
        #expect(answer.rule.on == 1 && answer.ruleInForce.on < 1)
    }

    @Test func aLowThresholdLetsEventsCome() async throws {
        let end = try await heardScene()
        let events = try recorded()
        var comeCount = 0
        for name in model.classes.map(\.name) {
            let trial = RuleTrial(on: 0.05, smoothingWindows: 1)
            let answer = try question(name, trial, until: end).answer(from: store)
            #expect(answer.come.allSatisfy { $0.id == nil && $0.peakScore >= 0.05 })
            let own = events.filter { $0.className == name }
            for new in answer.come {
                let end = new.end ?? .distantFuture
                #expect(own.allSatisfy { $0.end < new.start || $0.start > end }, "\(name)")
            }
            comeCount += answer.comeCount
        }
        #expect(comeCount > 0)
    }

    @Test func eventsWithoutScoresAreNotCountedAndARemarkSaysSo() async throws {
        let end = try await heardScene()
        _ = try store.applyRetention(RetentionPolicy(scoreDays: 0), now: end + 60)
        let answer = try question("chainsaw", RuleTrial(), until: end).answer(from: store)
        #expect(answer.was == 0 && answer.wouldBe == 0)
        #expect(answer.remarks.first?.hasPrefix("There are no scores of this time") == true)
    }

    private func recorded(of className: String) throws -> [Int64] {
        var filter = EventFilter()
        filter.classes = [className]
        return try store.events(matching: filter).map(\.id)
    }
}
