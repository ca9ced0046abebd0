import Foundation
import Glibc
import Realtime
import TestSupport
import Testing

@testable import AudioCapture

/// Programs that write sound: real ones, which end, hang, hurry or write in bursts.
@Suite(.timeLimit(.minutes(15)))
struct ProgramCaptureTests {
    private let folder: TemporaryFolder
    private static let rateHz = 16_000

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A minute in which the value of every frame is its number.
    private func counting() throws -> String {
        let frames = (0..<Int32(60 * Self.rateHz)).map { ($0 << 8).littleEndian }
        return try frames.withUnsafeBytes { try folder.write($0, to: "counting.raw") }
    }

    private func post(_ words: [String]) throws -> ListeningPost {
        let settings = CaptureSettings(
            device: words[0],
            program: ProgramCommand(words: words, format: .int32),
            requestedRateHz: Self.rateHz
        )
        let system = try ALSAConfiguration(text: "")
        return try ListeningPost(system, settings: settings)
    }

    private func shell(_ script: String) throws -> ListeningPost {
        try post(["sh", "-c", script])
    }

    private func absence(of post: ListeningPost) async throws -> CaptureError {
        var reason: CaptureError?
        #expect(
            await post.eventually {
                for case .absent(let error) in post.reports { reason = error }
                return reason != nil
            }
        )
        return try #require(reason)
    }

    private func fate(of post: ListeningPost) async throws -> ProgramFate {
        let reason = try await absence(of: post)
        guard case .programEnded(_, let fate) = reason else {
            throw reason
        }
        return fate
    }

    @Test func aProgramFasterThanRealTimeWaitsAndLosesNothing() async throws {
        let post = try post(["cat", counting()])
        let begin = MonotonicClock.now()
        post.start()
        #expect(await post.eventually { post.counters.frames >= 4 * 16_000 })
        let seconds = Double(MonotonicClock.now() - begin) * 1e-9
        #expect(seconds > 3.9)
        post.capture.stop()
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.lostFrames == 0 && post.counters.ringOverflowFrames == 0)
        let times = post.periods.map { Double($0.mark.monotonicNanoseconds) * 1e-9 }
        let spans = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(spans.allSatisfy { abs($0 - 0.1) < 0.02 }, "\(spans)")
    }

    @Test func soundThatComesInBurstsIsWholeAndDatedWithoutSteps() async throws {
        let file = try counting()
        // What a stream of segments does: two seconds at once, every two seconds.
        let post = try shell(
            "i=0; while dd if=\(file) bs=128000 skip=$i count=1 status=none; do "
                + "i=$((i+1)); sleep 1.99; done"
        )
        post.start()
        #expect(await post.eventually { post.counters.frames >= 14 * 16_000 })
        post.capture.stop()
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.lostFrames == 0 && post.counters.absentFrames == 0)
        #expect(post.counters.signalFault == nil)
        let first = try #require(post.periods.first?.mark)
        for period in post.periods {
            let expected = Double(period.mark.firstSample - first.firstSample) / 16_000
            let dated = Double(period.mark.monotonicNanoseconds - first.monotonicNanoseconds) * 1e-9
            #expect(abs(dated - expected) < 0.25, "at \(expected) s")
        }
    }

    @Test func aProgramThatEndsIsAbsentWithItsLastWordsAndStartedAgain() async throws {
        let file = try counting()
        let post = try shell(
            "head -c 64000 \(file); echo first >&2; echo 'rtsp://me:secret@cam/1: no route' >&2; exit 3"
        )
        post.start()
        let fate = try await fate(of: post)
        #expect(fate.end == .exited(code: 3) && fate.hadSound && fate.oddBytes == 0)
        #expect(fate.lastLine == "rtsp://***@cam/1: no route")
        #expect(await post.eventually { post.counters.reopens >= 1 })
        #expect(await post.eventually { post.counters.frames >= 24_000 })
        post.capture.stop()
        #expect(post.counters.absentFrames > 0)
        #expect(post.counters.lostFrames == 0)
    }

    @Test func aProgramThatEndsAtOnceAgainAndAgainIsStartedEverMoreRarely() async throws {
        let post = try shell("echo x >> \(folder.file("starts")); head -c 6400 /dev/zero; exit 1")
        post.start()
        try await Task.sleep(for: .seconds(6))
        post.capture.stop()
        let starts = try String(contentsOfFile: folder.file("starts"), encoding: .utf8).count / 2
        #expect((2...6).contains(starts), "\(starts) starts")
    }

    @Test func aProgramThatEndsWithinAFrameIsToldToHaveAnotherFormat() async throws {
        let post = try shell("head -c 6403 \(counting())")
        post.start()
        let fate = try await fate(of: post)
        post.capture.stop()
        #expect(fate.oddBytes == 3 && fate.bytesPerFrame == 4)
        #expect(post.periods.map(\.samples.count).reduce(0, +) >= 1_600)
    }

    @Test func aProgramThatIsNotThereOrMayNotRunIsSaidAndLookedForAgain() async throws {
        let missing = try post(["no-such-program-here"])
        missing.start()
        #expect(
            try await absence(of: missing)
                == .cannotStart(program: "no-such-program-here", errno: ENOENT)
        )
        missing.capture.stop()

        let path = try folder.write("#!/bin/sh\nexec cat \(try counting())\n", to: "camera")
        let forbidden = try post([path])
        forbidden.start()
        #expect(
            try await absence(of: forbidden) == .cannotStart(program: path, errno: EACCES)
        )
        chmod(path, 0o755)
        #expect(await forbidden.eventually { forbidden.counters.frames > 0 })
        forbidden.capture.stop()
    }

    @Test func aProgramThatWritesNothingIsAbsentAndStartedAgain() async throws {
        let post = try shell(
            "echo x >> \(folder.file("starts")); echo 'still looking' >&2; sleep 1000"
        )
        post.start()
        let reason = try await absence(of: post)
        guard case .programStalls(_, let seconds, let lastLine) = reason else { throw reason }
        #expect(seconds >= 20 && lastLine == "still looking")
        #expect(
            try await post.eventually {
                try String(contentsOfFile: folder.file("starts"), encoding: .utf8).count >= 4
            }
        )
        post.capture.stop()
    }

    @Test func aProgramOfTwiceTheRateHasAWrongRate() async throws {
        let file = try counting()
        let post = try shell(
            "i=0; while dd if=\(file) bs=12800 skip=$i count=1 status=none; do "
                + "i=$((i+1)); sleep 0.09; done"
        )
        post.start()
        #expect(await post.eventually { post.counters.signalFault == .wrongRate })
        post.capture.stop()
    }

    @Test func theEndOfTheCaptureEndsTheProgramAndWhatItStarted() async throws {
        let post = try shell(
            "trap '' TERM; sleep 1000 & echo $! $$ > \(folder.file("numbers")); cat \(counting())"
        )
        post.start()
        #expect(await post.eventually { post.counters.frames > 0 })
        let numbers = try String(contentsOfFile: folder.file("numbers"), encoding: .utf8)
            .split { $0.isWhitespace }.compactMap { pid_t($0) }
        #expect(numbers.count == 2 && numbers.allSatisfy(Self.runs))
        post.capture.stop()
        #expect(await post.eventually { !numbers.contains(where: Self.runs) })
    }

    /// Whether a process has not ended, be it reaped or not.
    private static func runs(_ process: pid_t) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
        return text.split(separator: ")").last?.contains(" Z") == false
    }
}
