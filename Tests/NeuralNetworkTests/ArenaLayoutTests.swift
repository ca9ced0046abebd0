import Testing

@testable import NeuralNetwork

@Suite struct ArenaLayoutTests {
    @Test func placesThatAreInUseNeverOverlap() {
        var arena = ArenaLayout()
        var inUse: [Range<Int>] = []
        var state: UInt64 = 7
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Int(state >> 33)
            if number % 3 == 0, !inUse.isEmpty {
                let place = inUse.remove(at: number / 3 % inUse.count)
                arena.free(at: place.lowerBound, count: place.count)
            } else {
                let count = 1 + number % 1000
                let start = arena.allocate(count)
                let place = start..<start + count
                #expect(!inUse.contains { $0.overlaps(place) })
                #expect(place.upperBound <= arena.size)
                inUse.append(place)
            }
        }
    }

    @Test func whatWasGivenBackIsUsedAgain() {
        var arena = ArenaLayout()
        let first = arena.allocate(100)
        let second = arena.allocate(100)
        arena.free(at: first, count: 100)
        arena.free(at: second, count: 100)
        #expect(arena.allocate(200) == first)
        #expect(arena.size == 224)
    }

    @Test func placesBeginAtCacheLines() {
        var arena = ArenaLayout()
        for count in 1...20 { #expect(arena.allocate(count) % 16 == 0) }
    }
}
