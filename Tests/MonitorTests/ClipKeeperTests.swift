import AudioFiles
import Detection
import EventStore
import Foundation
import GRDB
import Logging
import Messages
import ModelLibrary
import Settings
import Testing

@testable import Monitor

@Suite struct ClipKeeperTests {
    private let world: ClipWorld

    init() throws {
        world = try ClipWorld()
    }

    @Test func aClipIsOnTheDiskAndInTheHistoryAndAnnounced() async throws {
        let keeper = world.keeper()
        let live = world.feed.follow()
        let id = try world.addEvent()
        keeper.receive(world.cut(1))
        keeper.identify(world.key(1), as: id)
        await world.workToTheEnd(keeper)
        let path = try #require(try world.store.event(id)?.clipPath)
        #expect(path == "2023/11/14/\(id).flac")
        let reader = try RecordingReader(path: world.path("clips/\(path)"))
        #expect(reader.frameCount == 16_000)
        #expect(reader.tags.title == "Dog bark")
        #expect(reader.tags.date == "2023-11-14T22:13:19.500Z")
        #expect(reader.tags.comment?.hasPrefix("event \(id) of porch; class dog_bark") == true)
        world.feed.finish()
        var told: [ClipMessage] = []
        for await message in live {
            if case .clip(let clip) = message { told.append(clip) }
        }
        #expect(told == [ClipMessage(eventID: id, clip: path)])
        let present = await keeper.present
        #expect(present.count == 1 && present.written == 1 && present.fault == nil)
        #expect(present.byteCount == world.folder.clips().first?.byteCount)
    }

    @Test func whatTheSettingsForbidWhenItIsToBeWrittenIsNot() async throws {
        let keeper = world.keeper()
        let id = try world.addEvent()
        keeper.receive(world.cut(1))
        keeper.apply(world.settings(keep: .none), removesAll: true)
        keeper.identify(world.key(1), as: id)
        keeper.receive(world.cut(1))
        await world.workToTheEnd(keeper)
        #expect(!FileManager.default.fileExists(atPath: world.folder.path))
        #expect(try world.store.event(id)?.clipPath == nil)
    }

    @Test func keepingNoneRemovesWhatIsThereOnlyIfTheConfigurationSaysSoItself() async throws {
        let id = try await world.keepOne()
        let spared = world.keeper(world.settings(keep: .none))
        await world.workToTheEnd(spared)
        #expect(try world.store.event(id)?.clipPath != nil)
        #expect(await spared.present.warnings.first?.contains("1 earlier clips exist") == true)

        let strict = world.keeper(world.settings(keep: .none), removesAll: true)
        await world.workToTheEnd(strict)
        #expect(try world.store.event(id)?.clipPath == nil)
        #expect(try world.store.clipAbsence(ofEvent: id) == .deleted)
        #expect(world.folder.clips().isEmpty)
        #expect(await strict.present.warnings.isEmpty)
    }

    @Test func atTheStartHalvesGoAndRowsWithoutFileAreClearedAndUnknownClipsStay() async throws {
        let kept = try await world.keepOne()
        let lost = try await world.keepOne()
        let path = try #require(try world.store.event(lost)?.clipPath)
        try FileManager.default.removeItem(atPath: world.path("clips/\(path)"))
        let day = world.path("clips/2023/11/14")
        for name in ["999.flac", ".998.flac.partial-5", "notes.txt"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(day)/\(name)"))
        }
        // From a history that was set aside before this one began.
        let foreign = "\(day)/997.flac"
        try Data("x".utf8).write(to: URL(fileURLWithPath: foreign))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -86_400)],
            ofItemAtPath: foreign
        )
        let keeper = world.keeper()
        await world.workToTheEnd(keeper)
        let names = try FileManager.default.contentsOfDirectory(atPath: day).sorted()
        #expect(Set(names) == ["\(kept).flac", "997.flac", "999.flac", "notes.txt"])
        #expect(try world.store.event(kept)?.clipPath != nil)
        #expect(try world.store.event(lost)?.clipPath == nil)
        #expect(try world.store.clipAbsence(ofEvent: lost) == .deleted)
        #expect(await keeper.present.count == 1)
    }

    /// As after a rescue that lost rows, or with a database from a backup.
    @Test func clipsOfNoEventStayUntilTheyAreTooOldOrTheirSpaceIsNeeded() async throws {
        let kept = try await world.keepOne()
        let day = world.path("clips/2023/11/14")
        let size = try #require(world.folder.clips().first?.byteCount)
        for (index, age) in [1.0, 40, 50].enumerated() {
            let path = "\(day)/\(5_000 + index).flac"
            try Data(repeating: 7, count: Int(size)).write(to: URL(fileURLWithPath: path))
            // Written after the history began, by the keeper's clock so many days ago.
            try FileManager.default.setAttributes(
                [.modificationDate: Date() + (60 - age) * 86_400],
                ofItemAtPath: path
            )
        }
        var settings = world.settings()
        let keeper = world.keeper(settings)
        await keeper.tend(isStoreFull: false)
        #expect(world.folder.clips().count == 4)
        #expect(await keeper.present.byteCount == 4 * size)
        #expect(await keeper.present.count == 1)

        // Space takes the oldest of them, and events' clips last.
        settings.maxSizeBytes = 3 * size
        keeper.apply(settings, removesAll: false)
        await keeper.tend(isStoreFull: false)
        #expect(Set(world.folder.clips().map(\.name.eventID)) == [kept, 5_000, 5_001])

        // Age takes those that are too old for any clip.
        settings.maxDays = 30
        world.wait(seconds: Date().timeIntervalSince(world.now) + 60 * 86_400)
        keeper.apply(settings, removesAll: false)
        await keeper.tend(isStoreFull: false)
        #expect(world.folder.clips().map(\.name.eventID) == [5_000])
        #expect(await keeper.present.expired == 3)
    }

    @Test func aClipThatIsDeletedByHandIsGoneInTheHistoryToo() async throws {
        let id = try await world.keepOne()
        let keeper = world.keeper()
        await keeper.tend(isStoreFull: false)
        #expect(await keeper.present.count == 1)
        let path = try #require(try world.store.event(id)?.clipPath)
        try FileManager.default.removeItem(atPath: world.path("clips/\(path)"))
        world.wait(seconds: 61)
        await keeper.tend(isStoreFull: false)
        #expect(try world.store.event(id)?.clipPath == nil)
        #expect(await keeper.present.count == 0)
    }

    @Test func tooMuchGoesByDayAndCertaintyAndTheSizeIsNeverExceeded() async throws {
        var settings = world.settings()
        let day = 86_400.0
        var ids: [Int64] = []
        for (age, score) in [(2 * day, 0.99), (day, 0.5), (day - 9, 0.9), (0, 0.6)] {
            ids.append(try await world.keepOne(secondsAgo: age, score: Float(score)))
        }
        let size = try #require(world.folder.clips().first?.byteCount)
        settings.maxSizeBytes = 2 * size + 10
        let keeper = world.keeper(settings)
        await world.workToTheEnd(keeper)
        let left = try ids.filter { try world.store.event($0)?.clipPath != nil }
        #expect(left == [ids[2], ids[3]])
        #expect(try world.store.clipAbsence(ofEvent: ids[0]) == .expired)
        #expect(await keeper.present.expired == 2)
        #expect(world.folder.clips().reduce(0) { $0 + $1.byteCount } <= settings.maxSizeBytes)
    }

    @Test func aClassCanHaveAnAgeAndASizeOfItsOwn() async throws {
        var settings = world.settings()
        settings.maxDays = 10
        settings.classes["rain"] = ClipClassSettings()
        settings.classes["rain"]?.maxDays = 1
        let dog = try await world.keepOne(secondsAgo: 2 * 86_400)
        let rain = try await world.keepOne(secondsAgo: 2 * 86_400, className: "rain")
        let old = try await world.keepOne(secondsAgo: 11 * 86_400)
        await world.keeper(settings).tend(isStoreFull: false)
        #expect(try world.store.event(dog)?.clipPath != nil)
        #expect(try world.store.event(rain)?.clipPath == nil)
        #expect(try world.store.event(old)?.clipPath == nil)

        let second = try await world.keepOne(className: "rain")
        settings.classes["rain"]?.maxSizeBytes = 10
        await world.workToTheEnd(world.keeper(settings))
        #expect(try world.store.event(second)?.clipPath == nil)
        #expect(try world.store.event(dog)?.clipPath != nil)
    }

    @Test func whereTheDiskHasNotEnoughFreeClipsGoAndNoneComes() async throws {
        let old = try await world.keepOne()
        var settings = world.settings()
        settings.minFreeBytes = Int64.max / 4
        let keeper = world.keeper(settings)
        let id = try world.addEvent()
        keeper.receive(world.cut(1))
        keeper.identify(world.key(1), as: id)
        await world.workToTheEnd(keeper)
        #expect(try world.store.event(old)?.clipPath == nil)
        #expect(try world.store.event(id) != nil)
        #expect(try world.store.event(id)?.clipPath == nil)
        #expect(try world.store.clipAbsence(ofEvent: id) == .unwritable)
        let present = await keeper.present
        #expect(present.dropped == 1)
        #expect(present.fault?.contains("clips.min_free") == true)
        #expect(
            present.warnings.first?.hasPrefix("Clips cannot be written (1 lost so far)") == true
        )
    }

    @Test func aFolderThatCannotBeWrittenCostsTheClipAndNotTheEvent() async throws {
        try Data().write(to: URL(fileURLWithPath: world.folder.path))
        let keeper = world.keeper()
        let id = try world.addEvent()
        keeper.receive(world.cut(1))
        keeper.identify(world.key(1), as: id)
        await world.workToTheEnd(keeper)
        #expect(try world.store.event(id)?.clipPath == nil)
        #expect(await keeper.present.dropped == 1)

        // It is written again as soon as it can be.
        try FileManager.default.removeItem(atPath: world.folder.path)
        let next = try await world.keepOne()
        #expect(try world.store.event(next)?.clipPath != nil)
    }

    @Test func whatTheHistoryCannotBeToldAtOnceItIsToldLater() async throws {
        let old = try await world.keepOne()
        let keeper = world.keeper()
        await keeper.tend(isStoreFull: false)
        let id = try world.addEvent()
        let lock = try world.lockedStore()
        keeper.receive(world.cut(1))
        keeper.identify(world.key(1), as: id)
        await keeper.tend(isStoreFull: false)
        #expect(try world.store.event(id)?.clipPath == nil)
        #expect(world.folder.clips().count == 2)
        // The history finds the disk full: the oldest clips give way, whatever it can be told.
        await keeper.tend(isStoreFull: true)
        #expect(world.folder.clips().map(\.name.eventID) == [id])
        #expect(await keeper.present.count == 1)
        try lock.close()
        await keeper.tend(isStoreFull: false)
        #expect(try world.store.event(id)?.clipPath != nil)
        #expect(try world.store.event(old)?.clipPath == nil)
        #expect(await keeper.present.count == 1)
    }

    @Test func theClipOfAnEventThatIsNoLongerInTheHistoryGoesToo() async throws {
        let keeper = world.keeper()
        keeper.receive(world.cut(1))
        keeper.identify(world.key(1), as: 4_711)
        await world.workToTheEnd(keeper)
        #expect(world.folder.clips().isEmpty)

        let id = try await world.keepOne()
        let path = try #require(try world.store.event(id)?.clipPath)
        await world.keeper().removeClips(at: [path, "../../etc/passwd"])
        #expect(world.folder.clips().isEmpty)
    }
}

@Suite struct WaitingClipsTests {
    private func cut(_ event: Int, megabytes: Int = 1) -> ClipCut {
        ClipCut(
            key: EventKey(source: 0, model: 0, number: event),
            event: DetectedEvent(
                number: event,
                classIndex: 0,
                start: .zero,
                end: SampleTime(1),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: 0
            ),
            soundClass: SoundClass(name: "rain"),
            onset: Date(timeIntervalSince1970: 0),
            stretch: .zero..<SampleTime(Int64(megabytes) << 18),
            sampleRateHz: 16_000,
            blocks: [],
            privateStretches: [],
            isCutShort: false
        )
    }

    private func key(_ event: Int) -> EventKey { EventKey(source: 0, model: 0, number: event) }

    @Test func aClipComesOutWhenItsEventHasANumberWhicheverIsFirst() {
        var waiting = WaitingClips()
        waiting.append(cut(1))
        #expect(waiting.removeNext() == nil)
        waiting.identify(key(2), as: 102)
        #expect(waiting.removeNext() == nil)
        waiting.append(cut(2))
        #expect(waiting.removeNext()?.id == 102)
        waiting.identify(key(1), as: 101)
        #expect(waiting.removeNext()?.id == 101)
        #expect(waiting.removeNext() == nil)
        #expect(waiting.count == 0 && waiting.byteCount == 0 && waiting.droppedCount == 0)
    }

    @Test func tooMuchSoundCostsTheOldestClipsAndTheirEventsAreNamed() {
        var waiting = WaitingClips()
        for event in 1...70 { waiting.append(cut(event)) }
        #expect(waiting.byteCount <= WaitingClips.mostBytes)
        #expect(waiting.droppedCount == 6)
        for event in 1...70 { waiting.identify(key(event), as: Int64(100 + event)) }
        #expect(waiting.removeDroppedIDs() == [101, 102, 103, 104, 105, 106])
        #expect(waiting.removeDroppedIDs().isEmpty)
        #expect(waiting.removeNext()?.id == 107)
    }

    @Test func aSingleClipIsKeptHoweverLongItIs() {
        var waiting = WaitingClips()
        waiting.append(cut(1, megabytes: 100))
        waiting.identify(key(1), as: 1)
        #expect(waiting.removeNext() != nil)
    }

    @Test func theNumbersOfEventsWithoutClipsDoNotAddUp() {
        var rows = RecentRows()
        for event in 0..<50_000 { rows.insert(Int64(event), for: key(event)) }
        #expect(rows.remove(key(49_999)) == 49_999)
        #expect(rows.remove(key(0)) == nil)
    }
}
