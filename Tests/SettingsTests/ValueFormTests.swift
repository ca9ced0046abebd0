import Settings
import Testing

@Suite struct ValueFormTests {
    private func node(_ text: String, quoted: Bool = false) -> YAMLNode {
        YAMLNode(
            .scalar(text, isQuoted: quoted),
            at: DocumentPosition(file: "f", line: 1, column: 1)
        )
    }

    @Test(arguments: ["-55", "0", "-120", "-1.5e1", "+0.0"])
    func aNumberWithinItsRangeIsRead(text: String) {
        #expect(ValueForm<Double>.number(in: -120...0).read(node(text)) == Double(text))
    }

    @Test(arguments: ["1", "-120.1", "nan", "inf", "0x10", "loud", "", "~", "-5 dB", "1_0"])
    func whatIsNoNumberWithinTheRangeIsRefused(text: String) {
        #expect(ValueForm<Double>.number(in: -120...0).read(node(text)) == nil)
    }

    @Test func aNumberInQuotesIsATextAndRefused() {
        #expect(ValueForm<Double>.number(in: 0...1).read(node("0.5", quoted: true)) == nil)
        #expect(ValueForm<Int>.wholeNumber(in: 0...1).read(node("1", quoted: true)) == nil)
    }

    @Test(arguments: ["1.0", "1e3", "9", "99999999999999999999"])
    func whatIsNoWholeNumberWithinTheRangeIsRefused(text: String) {
        #expect(ValueForm<Int>.wholeNumber(in: 0...8).read(node(text)) == nil)
    }

    @Test(arguments: [
        ("1000000", Int64(1_000_000), "1 MB"), ("2 GB", 2_000_000_000, "2 GB"),
        ("1.5GiB", 1_610_612_736, "1536 MiB"), ("512 mib", 536_870_912, "512 MiB"),
        ("1000001", 1_000_001, "1000001"),
    ])
    func aSizeIsReadInItsUnitAndWrittenInTheLargestThatFits(
        text: String,
        bytes: Int64,
        written: String
    ) {
        let form = ValueForm<Int64>.byteCount(atLeast: 1_000)
        #expect(form.read(node(text)) == bytes)
        #expect(form.write(bytes) == written)
    }

    @Test(arguments: ["12", "-5 GB", "GB", "2 parsecs", "1e30 TB"])
    func whatIsNoSizeIsRefused(text: String) {
        #expect(ValueForm<Int64>.byteCount(atLeast: 1_000).read(node(text)) == nil)
    }

    @Test func aWordStandsForNoValue() {
        let form = ValueForm<Int>.wholeNumber(in: 1...64).or("auto")
        #expect(form.read(node("auto")) == .some(nil))
        #expect(form.read(node("2")) == 2)
        #expect(form.read(node("manual")) == nil)
        #expect(form.write(nil) == "auto")
        #expect(form.allowed == "a whole number from 1 to 64, or auto")
    }

    @Test(arguments: ["porch", "Küche-2", "a.b_c", "8"])
    func aNameOfLettersAndDigitsIsRead(text: String) {
        #expect(ValueForm<String>.name.read(node(text)) == text)
    }

    @Test(arguments: ["", "-x", "a b", "a/b", "../x", "a\nb", String(repeating: "x", count: 65)])
    func aNameThatCouldBeAPathOrSpanWordsIsRefused(text: String) {
        #expect(ValueForm<String>.name.read(node(text)) == nil)
    }
}
