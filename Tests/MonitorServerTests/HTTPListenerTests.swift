import Foundation
import Testing

@testable import MonitorServer

@Suite struct HTTPListenerTests {
    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ])
    func aDateIsWrittenAsHTTPWantsIt(seconds: Int, text: String) {
        let date = Date(timeIntervalSince1970: Double(seconds) + 0.9)
        #expect(HTTPListener.text(of: date) == text)
    }
}
