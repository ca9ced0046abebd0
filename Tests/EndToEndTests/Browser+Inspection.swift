import Foundation
import Testing

extension Browser {
    /// Looks at the page in every window, and at what it has asked for and complained of.
    ///
    /// With `EARWITNESS_PICTURES` a picture of each window is kept in that folder.
    func expectNothingWrong(from origin: String, name: String) throws {
        let folder = ProcessInfo.processInfo.environment["EARWITNESS_PICTURES"]
        for window in PageInspection.windows {
            try show(width: window.width, height: 800, isDark: window.isDark)
            let faults = try value(of: PageInspection.faults) as? [String]
            #expect(faults?.isEmpty == true, "\(window): \(faults ?? [])")
            if let folder {
                let time = window.isDark ? "night" : "day"
                try picture(to: "\(folder)/\(name)-\(window.width)-\(time).png")
            }
        }
        #expect(requests.allSatisfy { $0.hasPrefix(origin) }, "\(requests)")
        #expect(complaints.isEmpty, "\(complaints)")
    }
}
