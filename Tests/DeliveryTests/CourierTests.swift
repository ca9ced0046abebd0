import Foundation
import Logging
import Messages
import Settings
import TestSupport
import Testing

@testable import Delivery

/// Messages on their way to real receivers that fail in every way that they can.
@Suite struct CourierTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox.open(inFolder: folder.path).outbox
    }

    private func action(_ yaml: String) throws -> RuleAction {
        try ruleSettings("then: [\(yaml)]").then[0]
    }

    private func webhook(_ url: String, _ more: String = "") throws -> RuleAction {
        try action("{webhook: {url: '\(url)', allow_private: true, timeout: 1s\(more)}}")
    }

    private func append(_ count: Int, to channel: String, for seconds: Double = 60) throws {
        let now = Date()
        try outbox.append(
            (0..<count).map { index in
                let notice = Notice.of(event(Int64(index + 1), at: now), rule: "night")
                return NewMessage(
                    channel: channel,
                    key: notice.key,
                    payload: try NewsCoding.encoder.encode(notice),
                    createdAt: now,
                    expiresAt: now + seconds
                )
            }
        )
    }

    private func courier(_ channel: String, _ action: RuleAction) throws -> Task<Void, Never> {
        let courier = Courier(
            channel: channel,
            receiver: try Receiver(action),
            outbox: outbox,
            backoff: Backoff(first: 0.05, longest: 0.2),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return Task { await courier.run() }
    }

    private func counts(_ channel: String) throws -> ChannelCounts? {
        try outbox.counts().first { $0.channel == channel }
    }

    @Test func aReceiverThatFailsAtFirstGetsEachMessageOnce() async throws {
        let server = try FaultyServer([.status(500), .status(503), .status(200)])
        let work = try courier("a", webhook(server.url))
        try append(3, to: "a")
        try await waitUntil("the delivery") { try counts("a")?.delivered == 3 }
        work.cancel()
        #expect(server.requests.count == 5)
        let accepted = server.requests.suffix(3).compactMap { $0.field("Idempotency-Key") }
        #expect(Set(accepted).count == 3 && accepted.allSatisfy { $0.hasPrefix("a/event/") })
    }

    @Test func aSlowReceiverTimesOutAndHoldsUpNoOtherChannel() async throws {
        let slow = try FaultyServer([.silence(seconds: 3)])
        let quick = try FaultyServer([.status(200)])
        let works = [
            try courier("slow", webhook(slow.url)), try courier("quick", webhook(quick.url)),
        ]
        try append(1, to: "slow")
        try await waitUntil("the slow request") { slow.requests.count == 1 }
        try append(5, to: "quick")
        try await waitUntil("the quick delivery") { try counts("quick")?.delivered == 5 }
        #expect(try counts("slow")?.delivered == 0)
        try await waitUntil("the timeout") { try counts("slow")?.lastError != nil }
        works.forEach { $0.cancel() }
        #expect(try counts("slow")?.waiting == 1)
        #expect(try counts("slow")?.lastError?.reason.contains("timed out") == true)
    }

    @Test func halfAReplyWithAGoodStatusCountsAsDelivered() async throws {
        let server = try FaultyServer([.half])
        let work = try courier("a", webhook(server.url))
        try append(1, to: "a")
        try await waitUntil("the delivery") { try counts("a")?.delivered == 1 }
        work.cancel()
        #expect(server.requests.count == 1)
    }

    @Test func redirectsAreNotFollowedAndWhatIsRefusedIsNotTriedAgain() async throws {
        let elsewhere = try FaultyServer([.status(200)])
        let server = try FaultyServer([
            .status(302, headers: ["Location: \(elsewhere.url)"]), .status(404), .status(200),
        ])
        let work = try courier("a", webhook(server.url))
        try append(3, to: "a")
        try await waitUntil("the delivery") { try counts("a")?.delivered == 1 }
        work.cancel()
        #expect(try counts("a")?.givenUp == 2)
        #expect(elsewhere.requests.isEmpty)
        #expect(server.requests.count == 3)
    }

    @Test func aReceiverThatIsNotThereIsReportedWhenTheMessageIsTooOld() async throws {
        let work = try courier("a", webhook("http://127.0.0.1:9/"))
        try append(2, to: "a")
        try await waitUntil("a failure") { try counts("a")?.lastError != nil }
        work.cancel()
        await work.value
        #expect(try counts("a")?.waiting == 2)
        #expect(try outbox.next(channel: "a", now: Date() + 61) == nil)
        #expect(try counts("a")?.waiting == 0)
        #expect(try counts("a")?.givenUp == 2)
        #expect(try counts("a")?.lastError?.reason.contains("onnect") == true)
    }

    @Test func whatWaitedWhenTheServiceWasKilledIsDeliveredOnceAfterwards() async throws {
        try append(2, to: "a")
        // Nothing is closed, as after a kill.
        let server = try FaultyServer([.status(200)])
        let reopened = Outbox.open(inFolder: folder.path).outbox
        let courier = Courier(
            channel: "a",
            receiver: try Receiver(webhook(server.url)),
            outbox: reopened,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let work = Task { await courier.run() }
        try await waitUntil("the delivery") { try counts("a")?.delivered == 2 }
        work.cancel()
        await work.value
        #expect(server.requests.count == 2)
    }

    @Test func loopbackIsRefusedUnlessItIsAllowed() async throws {
        let server = try FaultyServer([.status(200)])
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let receiver = try Receiver(
                action("{webhook: {url: 'http://\(host):\(server.port)/'}}")
            )
            let outcome = receiver.deliver(
                .test(of: "night", at: Date()),
                key: "k",
                cancellation: Cancellation()
            )
            guard case .failed(let reason) = outcome else {
                Issue.record("\(host): \(outcome)")
                continue
            }
            #expect(reason.contains("'allow_private: true' allows it"))
        }
        #expect(server.requests.isEmpty)
    }

    @Test func aBodyThatBeginsWithANameIsText() throws {
        let server = try FaultyServer([.status(200)])
        let receiver = try Receiver(webhook(server.url, ", body: '{{title}}'"))
        let notice = Notice.test(of: "\"night\"", at: Date())
        _ = receiver.deliver(notice, key: "k", cancellation: Cancellation())
        #expect(server.requests.first?.body == "Test of the rule '\"night\"'")
        #expect(server.requests.first?.field("Content-Type") == "text/plain; charset=utf-8")
    }

    @Test func theBodyIsTheTemplateAndSignedWithTheSecret() throws {
        let server = try FaultyServer([.status(200)])
        let secret = try folder.write("key\n", to: "secret")
        let receiver = try Receiver(
            webhook(
                server.url,
                """
                , secret_file: '\(secret)', headers: {X-Title: '{{title}}'},
                body: '{"text": "{{title}}"}'
                """
            )
        )
        let notice = Notice.test(of: "night", at: Date())
        let outcome = receiver.deliver(notice, key: "k", cancellation: Cancellation())
        #expect(outcome == .delivered(answer: "HTTP 200: body"))
        let request = try #require(server.requests.first)
        #expect(request.body == #"{"text": "Test of the rule 'night'"}"#)
        #expect(request.field("X-Title") == "Test of the rule 'night'")
        #expect(request.field("Content-Type") == "application/json")
        // printf %s BODY | openssl dgst -sha256 -hmac key
        #expect(
            request.field("X-Earwitness-Signature")
                == "sha256=a0c5bbe59b59638c665d624c52c4901416bbe127b25d70cd9d737c65340ad19f"
        )
    }

    @Test func theClipIsSentInPlaceOfTheBodyOnceItIsThere() throws {
        let server = try FaultyServer([.status(200)])
        let action = try webhook(server.url, ", method: put, attach: clip")
        let now = Date()
        let notice = Notice.of(event(1, at: now), rule: "night")
        let early = try Receiver(action)
        #expect(early.waitsForClip(notice, now: now + 5))
        #expect(!early.waitsForClip(notice, now: now + 100))
        let receiver = try Receiver(action) { _ in
            ClipFile(data: Data("fLaC".utf8), type: "audio/flac")
        }
        #expect(!receiver.waitsForClip(notice, now: now + 5))
        _ = receiver.deliver(notice, key: "k", cancellation: Cancellation())
        #expect(server.requests.first?.body == "fLaC")
        #expect(server.requests.first?.field("Content-Type") == "audio/flac")
        #expect(server.requests.first?.head.hasPrefix("PUT /hook ") == true)
    }

    // MARK: - Programs

    private func run(
        _ command: [String],
        for seconds: Double = 5
    ) -> DeliveryOutcome {
        ProgramRun.run(
            command,
            input: Data("news".utf8),
            seconds: seconds,
            cancellation: Cancellation()
        )
    }

    @Test func aProgramGetsTheNewsAndABareEnvironmentWithoutAShell() {
        #expect(run(["/bin/cat"]) == .delivered(answer: "exit code 0: news"))
        #expect(
            run(["/bin/echo", "$HOME", ";", "a  b"])
                == .delivered(answer: "exit code 0: $HOME ; a b")
        )
        guard case .delivered(let variables) = run(["/usr/bin/env"]) else {
            Issue.record("env did not run")
            return
        }
        #expect(!variables.contains("DIRECTORY") && variables.contains("LANG=C.UTF-8"))
    }

    @Test func aProgramThatFailsOrIsNotThereSaysSo() {
        #expect(
            run(["/bin/sh", "-c", "echo no lamp >&2; exit 3"])
                == .failed(reason: "exit code 3: no lamp")
        )
        #expect(
            run(["/nonexistent/lamp"])
                == .failed(reason: "'/nonexistent/lamp': no such file or folder")
        )
    }

    @Test func aProgramThatHangsIsEndedWithItsChildren() {
        let began = ContinuousClock.now
        #expect(
            run(["/bin/sh", "-c", "sleep 30; true"], for: 0.3)
                == .failed(reason: "not done after 0.3 s")
        )
        #expect(ContinuousClock.now - began < .seconds(2))
    }

    @Test func waitsAfterFailuresDoubleUpToALimitWithJitter() {
        let backoff = Backoff(first: 2, longest: 900)
        #expect(backoff.delay(after: 1, chance: 0.5) == 2)
        #expect(backoff.delay(after: 4, chance: 0.5) == 16)
        #expect(backoff.delay(after: 1_000, chance: 0.5) == 900)
        #expect(backoff.delay(after: 1, chance: 0) == 1.5)
    }
}
