import Foundation
import TestSupport
import Testing

@testable import Delivery

@Suite struct OutboxTests {
    private let folder: TemporaryFolder
    private let now = friday

    init() throws {
        folder = try TemporaryFolder()
    }

    private func message(
        _ key: String,
        channel: String = "a",
        for seconds: Double = 60
    ) -> NewMessage {
        NewMessage(
            channel: channel,
            key: key,
            payload: Data(key.utf8),
            createdAt: now,
            expiresAt: now + seconds
        )
    }

    private func open() throws -> Outbox {
        let (outbox, remark) = Outbox.open(inFolder: folder.path, now: now)
        try #require(remark == nil)
        return outbox
    }

    @Test func messagesAndProgressAreThereAfterAReopening() throws {
        let outbox = try open()
        let progress = ReaderProgress(reader: "rules", lastEvent: 812, state: Data([1, 2]))
        #expect(try outbox.append([message("1"), message("2")], progress: progress) == 2)
        // As after a kill: nothing is closed.
        let reopened = try open()
        #expect(try reopened.progress(of: "rules") == progress)
        #expect(try reopened.progress(of: "mqtt") == nil)
        #expect(try reopened.next(channel: "a", now: now)?.key == "1")
        #expect(try reopened.next(channel: "b", now: now) == nil)
    }

    @Test func aMessageOfAKnownKeyIsLeftOutEvenAfterItsDelivery() throws {
        let outbox = try open()
        try outbox.append([message("1")])
        let first = try #require(try outbox.next(channel: "a", now: now))
        try outbox.delivered(first.id, now: now)
        #expect(try outbox.append([message("1"), message("1", channel: "b")]) == 1)
        #expect(try outbox.next(channel: "a", now: now) == nil)
    }

    @Test func aFailedMessageLetsOthersPassUnlessTheOrderMatters() throws {
        let outbox = try open()
        try outbox.append([message("1"), message("2")])
        let first = try #require(try outbox.next(channel: "a", now: now))
        try outbox.failed(first.id, reason: "refused", retryAt: now + 10, now: now)
        #expect(try outbox.next(channel: "a", now: now)?.key == "2")
        #expect(try outbox.next(channel: "a", now: now, inOrder: true) == nil)
        let again = try outbox.next(channel: "a", now: now + 10, inOrder: true)
        #expect(again?.key == "1" && again?.attempts == 1)
    }

    @Test func whatIsTooOldIsGivenUpAndCountedWithTheReasonOfItsFailures() throws {
        let outbox = try open()
        try outbox.append([message("1"), message("2", for: 600)])
        let first = try #require(try outbox.next(channel: "a", now: now))
        try outbox.failed(first.id, reason: "connection refused", retryAt: now + 90, now: now)
        #expect(try outbox.next(channel: "a", now: now + 61)?.key == "2")
        let counts = try #require(try outbox.counts().first)
        #expect(counts.waiting == 1 && counts.delivered == 0 && counts.givenUp == 1)
        #expect(counts.lastError?.reason == "connection refused")
    }

    @Test(arguments: ["no database at all, but text that is long enough for a header", "\0\0\0\0"])
    func aDamagedFileIsSetAsideAndANewOneBegun(content: String) throws {
        try folder.write(content, to: Outbox.fileName)
        let (outbox, remark) = Outbox.open(inFolder: folder.path, now: now)
        #expect(outbox.path != nil)
        #expect(remark?.contains("It is set aside as") == true)
        #expect(try outbox.append([message("1")]) == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains("outbox.sqlite.damaged-20261127T000000Z"))
    }

    @Test func whereNoFileCanBeMessagesWaitInMemory() throws {
        let (outbox, remark) = Outbox.open(inFolder: folder.path + "/missing", now: now)
        #expect(outbox.path == nil)
        #expect(remark?.contains("Messages wait in memory") == true)
        #expect(try outbox.append([message("1")]) == 1)
    }

    @Test func whatIsDeliveredWithoutMessagesIsCountedWithItsProgress() throws {
        let outbox = try open()
        try outbox.record(.init(channel: "fleet", error: "no server"))
        let failed = try #require(try outbox.counts().first)
        #expect(failed.lastError?.reason == "no server" && failed.lastDelivered == nil)
        var work = ChannelWork(channel: "fleet", error: "event 3 is refused")
        (work.delivered, work.givenUp, work.date) = (7, 1, now)
        let progress = ReaderProgress(reader: "fleet", lastEvent: 8)
        try outbox.record(work, progress: progress)
        try outbox.record(.init(channel: "fleet"))
        let reopened = try open()
        let counts = try #require(try reopened.counts().first)
        #expect(counts.delivered == 7 && counts.givenUp == 1 && counts.waiting == 0)
        #expect(counts.lastError?.reason == "event 3 is refused")
        #expect(counts.lastError?.date == now && counts.lastGivenUp == now)
        #expect(try #require(counts.lastDelivered) > now - 400 * 86_400)
        #expect(try reopened.progress(of: "fleet") == progress)
    }
}
