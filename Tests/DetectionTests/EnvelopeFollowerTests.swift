import Testing

@testable import Detection

@Suite struct EnvelopeFollowerTests {
    private static func noise(_ count: Int) -> [Float] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 2_147_483_648
        }
    }

    private static func envelope(
        of samples: [Float],
        rateHz: Int,
        chunks: [Int]
    ) -> [Float] {
        var follower = EnvelopeFollower(sampleRateHz: rateHz)
        var blocks: [Float] = []
        var index = 0
        var turn = 0
        while index < samples.count {
            let count = min(chunks[turn % chunks.count], samples.count - index)
            follower.process(samples.span.extracting(index..<index + count), appendingTo: &blocks)
            index += count
            turn += 1
        }
        return blocks
    }

    @Test(arguments: [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
    func anyChunkingGivesTheSameBlocksBitForBit(rateHz: Int) {
        let samples = Self.noise(rateHz)
        let whole = Self.envelope(of: samples, rateHz: rateHz, chunks: [samples.count])
        #expect(whole.count == 100)
        for chunks in [[1], [7, 64, 3], [160], [1_023, 5], [rateHz / 2 + 1]] {
            #expect(Self.envelope(of: samples, rateHz: rateHz, chunks: chunks) == whole)
        }
    }

    @Test(arguments: [11_025, 16_000, 22_050, 44_100])
    func blockIsTheMeanSquareOfItsSamples(rateHz: Int) {
        let samples = Self.noise(rateHz)
        let blocks = Self.envelope(of: samples, rateHz: rateHz, chunks: [samples.count])
        for (block, meanSquare) in blocks.enumerated() {
            let range = block * rateHz / 100..<(block + 1) * rateHz / 100
            let sum = samples[range].reduce(0) { $0 + Double($1) * Double($1) }
            #expect(abs(Double(meanSquare) - sum / Double(range.count)) < 1e-6)
        }
    }

    @Test func blocksOfJoiningHopsJoin() {
        for rateHz in [11_025, 16_000, 22_050, 44_100] {
            let grid = EnvelopeGrid(sampleRateHz: rateHz)
            var expected: Int64 = 0
            var time = SampleTime.zero
            for step in 1...200 {
                let next = time + Int64(step * 37)
                let blocks = grid.blocks(endingIn: time..<next)
                #expect(blocks.lowerBound == expected)
                expected = blocks.upperBound
                time = next
            }
        }
    }

    @Test func blockContainsTheSamplesBetweenItsStartAndTheNext() {
        let grid = EnvelopeGrid(sampleRateHz: 11_025)
        for index in Int64(0)..<12_000 {
            let block = grid.block(containing: SampleTime(index))
            #expect(grid.start(ofBlock: block).index <= index)
            #expect(grid.start(ofBlock: block + 1).index > index)
        }
    }

    @Test func lostSamplesLeaveTheGridWhereItWas() {
        var follower = EnvelopeFollower(sampleRateHz: 16_000)
        var blocks: [Float] = []
        let ones = [Float](repeating: 1, count: 16_000)
        follower.process(ones.span.extracting(0..<100), appendingTo: &blocks)
        follower.skip(to: SampleTime(1_000))
        follower.process(ones.span.extracting(0..<120), appendingTo: &blocks)
        #expect(blocks == [1])
        #expect(follower.time == SampleTime(1_120))
        let silence = [Float](repeating: 0, count: 160)
        follower.process(silence.span, appendingTo: &blocks)
        #expect(blocks == [1, 0])
    }
}
