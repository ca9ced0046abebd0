import Foundation
import Logging
import Platform
import Testing

@testable import Commands

@Suite struct LogLineTests {
    @Test func aLineForPeopleHasTheLocalTimeThatTheEventsBesideItHave() throws {
        let berlin = LocalTime(zone: try #require(Zone("Europe/Berlin")))
        let date = Date(timeIntervalSince1970: 1_795_959_586.1)
        let line = LogLine.line("Listening to demo", level: .notice, at: date, in: berlin)
        #expect(line == "2026-11-29 14:39:46.1 notice Listening to demo")
    }
}
