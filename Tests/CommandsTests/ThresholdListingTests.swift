import Messages
import Testing

@testable import Commands

/// What `thresholds` shows of models with hundreds of classes.
@Suite struct ThresholdListingTests {
    private func threshold(
        _ name: String,
        isReported: Bool = false,
        origin: String = "model yamnet"
    ) -> ThresholdMessage {
        ThresholdMessage(
            className: name,
            label: name,
            model: "yamnet",
            on: 0.5,
            off: 0.3,
            isReported: isReported,
            origin: origin
        )
    }

    @Test func ofALargeModelGroupsAndWhatWasAskedForAreShownAndTheRestIsCounted() {
        let thresholds =
            [
                threshold("dog", isReported: true), threshold("siren"),
                threshold("yodeling", isReported: true),
                threshold("zither", origin: "set by command"),
            ] + (0..<90).map { threshold("class\($0)") }
        let listing = ThresholdListing(thresholds, groups: ["yamnet": ["dog", "siren"]])
        #expect(listing.shown.map(\.className) == ["dog", "siren", "yodeling", "zither"])
        #expect(listing.remark.hasPrefix("90 more classes of yamnet are off; --all shows them"))
    }

    @Test func aSmallModelIsShownWhole() {
        let thresholds = (0..<20).map { threshold("class\($0)") }
        let listing = ThresholdListing(thresholds, groups: [:])
        #expect(listing.shown.count == 20 && listing.remark.isEmpty)
    }
}
