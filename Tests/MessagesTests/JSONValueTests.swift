import Foundation
import Messages
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test func textIsEscapedSoThatAnyReaderAgrees() throws {
        let strange = "a\"b\\c\nd\te\u{0}f\u{1F}g\u{2028}h é 🐕 \u{7F}"
        let text = JSONValue.string(strange).text
        #expect(!text.contains("\n") && !text.unicodeScalars.contains("\u{2028}"))
        let back = try JSONSerialization.jsonObject(
            with: Data(text.utf8),
            options: .fragmentsAllowed
        )
        #expect(back as? String == strange)
    }

    @Test(arguments: [
        (0.97, 4, "0.97"), (-23.1499, 1, "-23.1"), (-0.04, 1, "0.0"), (1, 3, "1.0"),
        (0.00004, 4, "0.0"), (123_456.789, 0, "123457.0"),
    ])
    func numbersAreRounded(value: Double, decimals: Int, expected: String) {
        #expect(JSONValue.number(value, decimals: decimals).text == expected)
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func numbersThatJSONDoesNotHaveAreNull(value: Double) {
        #expect(JSONValue.number(value).text == "null")
        #expect(JSONValue.number(value, decimals: 2).text == "null")
    }

    @Test func objectsKeepTheirOrder() {
        let value = JSONValue.object([
            .init("z", .array([.integer(1), .bool(false), .null])), .init("a", .object([])),
        ])
        #expect(value.text == #"{"z":[1,false,null],"a":{}}"#)
    }
}
