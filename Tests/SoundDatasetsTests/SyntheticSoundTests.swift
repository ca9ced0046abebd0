import Testing

@testable import SoundDatasets

@Suite struct SyntheticSoundTests {
    @Test(arguments: SyntheticSound.Kind.allCases)
    func soundsAreLoudEnoughFiniteAndDifferent(kind: SyntheticSound.Kind) {
        var first: Set<Float> = []
        for number in 0..<40 {
            let samples = SyntheticSound(kind, number: number).samples(rateHz: 16_000)
            let loudest = samples.reduce(0) { max($0, abs($1)) }
            #expect(samples.count == 64_000)
            #expect(loudest > 0.049 && loudest < 0.501)
            first.insert(samples[20_000])
        }
        #expect(first.count > 15)
        let again = SyntheticSound(kind, number: 3).samples(rateHz: 16_000)
        #expect(again == SyntheticSound(kind, number: 3).samples(rateHz: 16_000))
    }
}
