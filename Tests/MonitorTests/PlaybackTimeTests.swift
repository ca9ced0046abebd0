import Testing

@testable import Monitor

@Suite struct PlaybackTimeTests {
    @Test func datesThatRunTenTimesAsFastArePackedIntoATenthOfTheTime() {
        var time = PlaybackTime(pace: 10)
        time.begin(at: 100)
        #expect(time.realSeconds(ofDate: 100) == 100)
        #expect(time.realSeconds(ofDate: 150) == 105)
    }

    @Test func onlyTheFirstDateIsTheBeginning() {
        var time = PlaybackTime(pace: 2)
        time.begin(at: 100)
        time.begin(at: 200)
        #expect(time.realSeconds(ofDate: 200) == 150)
    }

    @Test func theDatesOfADeviceAreThoseOfTheWorld() {
        var time = PlaybackTime(pace: 1)
        time.begin(at: 3)
        #expect(time.realSeconds(ofDate: 1_234.5) == 1_234.5)
    }
}
