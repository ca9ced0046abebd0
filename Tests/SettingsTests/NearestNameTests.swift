import Settings
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("gate", "gate", 0), ("opne_dbfs", "open_dbfs", 1), ("Gate", "gate", 0),
        ("kitten", "sitting", 3), ("", "abc", 3), ("hold", "hold_s", 2),
    ])
    func editDistanceCountsInsertionsDeletionsReplacementsAndSwaps(
        left: String,
        right: String,
        distance: Int
    ) {
        #expect(NearestName.editDistance(left, right) == distance)
        #expect(NearestName.editDistance(right, left) == distance)
    }

    @Test func aLikelyNameIsAskedForAndAFarOneOnlyStated() {
        let names = ["open_dbfs", "close_dbfs", "hold_s"]
        #expect(
            NearestName.advice(for: "opne_dbfs", among: names) == "did you mean 'open_dbfs'?"
        )
        #expect(
            NearestName.advice(for: "volume", among: names) == "the nearest known key is 'hold_s'"
        )
        #expect(NearestName.advice(for: "x", among: []) == "")
    }
}
