import Foundation
import Testing

@testable import Monitor

@Suite struct DemoSceneTests {
    private static let made = DemoScene.make()
    private let scene = made

    @Test func theSceneIsTheSameEverywhereToTheBit() {
        // FNV-1a over the samples as 16-bit integers; it changes when any sound is changed.
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for sample in scene {
            let integer = UInt16(bitPattern: Int16((sample * 32_767).rounded()))
            for byte in [UInt8(truncatingIfNeeded: integer), UInt8(integer >> 8)] {
                digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        #expect(digest == 4_687_268_895_601_114_801)
    }

    @Test func itLastsAsLongAsItSaysAndNeverClips() {
        #expect(scene.count == Int(DemoScene.durationSeconds * 16_000))
        #expect(scene.allSatisfy { abs($0) < 0.99 })
    }

    @Test func theSoundsFollowOneAnotherWithPausesBetween() {
        var end = 0.0
        for sound in DemoScene.sounds {
            #expect(sound.startSeconds >= end + 1, "\(sound.className)")
            #expect(sound.endSeconds > sound.startSeconds + 2, "\(sound.className)")
            end = sound.endSeconds
        }
        #expect(end <= DemoScene.durationSeconds - 1)
        #expect(Set(DemoScene.sounds.map(\.className)).count == 10)
    }

    @Test func everySoundIsHeardAndEveryPauseIsUnderTheGate() {
        var end = 0.0
        for sound in DemoScene.sounds {
            #expect(abs(level(from: end, to: sound.startSeconds) - DemoScene.roomDBFS) < 1)
            #expect(level(from: sound.startSeconds, to: sound.endSeconds) > -50)
            let samples = part(from: sound.startSeconds, to: sound.endSeconds)
            let peak = samples.reduce(Float(0)) { max($0, abs($1)) }
            #expect(abs(20 * log10(Double(peak)) - sound.peakDBFS) < 0.1, "\(sound.className)")
            end = sound.endSeconds
        }
        #expect(abs(level(from: end, to: DemoScene.durationSeconds) - DemoScene.roomDBFS) < 1)
    }

    @Test func anotherRateGivesTheSameSoundsAtTheSameTimes() {
        let fast = DemoScene.make(sampleRateHz: 44_100)
        #expect(fast.count == Int(DemoScene.durationSeconds * 44_100))
        for sound in DemoScene.sounds {
            let first = Int(sound.startSeconds * 44_100)
            let last = Int(sound.endSeconds * 44_100)
            #expect(level(of: fast[first..<last]) > -50, "\(sound.className)")
        }
    }

    private func part(from start: Double, to end: Double) -> ArraySlice<Float> {
        scene[Int(start * 16_000)..<Int(end * 16_000)]
    }

    private func level(from start: Double, to end: Double) -> Double {
        level(of: part(from: start, to: end))
    }

    private func level(of samples: ArraySlice<Float>) -> Double {
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
        return 10 * log10(power / Double(samples.count))
    }
}
