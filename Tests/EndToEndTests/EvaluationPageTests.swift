import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The page that `evaluate --html` writes, in a real browser.
    @Suite struct EvaluationPageTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let browser: Browser

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
            browser = try Browser()
        }

        private var page: String { home.path("a report & more.html") }

        /// Evaluates, opens the page, and gives what the JSON says.
        private func evaluate(_ dataSet: String, _ options: String...) throws -> [String: Any] {
            let outcome = try program.run(
                arguments: ["evaluate", "bootstrap", dataSet, "--html", page, "--format", "json"]
                    + options
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            try browser.open(URL(fileURLWithPath: page).absoluteString)
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            return try #require(object as? [String: Any])
        }

        /// A bark that is heard, and a rooster where the labels have a sneeze and a spoon: a hit, a
        /// miss and a false alarm, in a folder whose name is no markup.
        private func recordings() throws -> String {
            let folder = home.path("Küche <1>")
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            let bark = Recordings.clear("dog_bark")
            let crow = Recordings.clear("rooster")
            try FileManager.default.copyItem(
                atPath: bark.path,
                toPath: "\(folder)/bark.\(bark.pathExtension)"
            )
            try FileManager.default.copyItem(
                atPath: crow.path,
                toPath: "\(folder)/crow.\(crow.pathExtension)"
            )
            try home.write("0\t5\tdog bark\n", to: "Küche <1>/bark.txt")
            try home.write("1\t2.5\tperson sneeze\n3\t4\tfalling spoon\n", to: "Küche <1>/crow.txt")
            return folder
        }

        private func clips() throws -> String {
            for (folder, names) in [
                "dog_bark": ["1-100032-A", "1-110389-A", "2-114280-A"],
                "rooster": ["1-26806-A", "1-27724-A", "2-65750-A"],
                "person_sneeze": ["1-26806-A"],
            ] {
                try FileManager.default.createDirectory(
                    atPath: home.path("clips/\(folder)"),
                    withIntermediateDirectories: true
                )
                for name in names {
                    let from = folder == "person_sneeze" ? "rooster" : folder
                    try FileManager.default.copyItem(
                        at: Recordings.clip("\(from)/\(name).ogg"),
                        to: URL(fileURLWithPath: home.path("clips/\(folder)/\(name).ogg"))
                    )
                }
            }
            return home.path("clips")
        }

        private func strings(_ expression: String) throws -> [String] {
            try #require(try browser.value(of: expression) as? [String], "\(expression)")
        }

        private func number(_ expression: String) throws -> Double {
            try #require(try browser.value(of: expression) as? Double, "\(expression)")
        }

        @Test func thePageOfClipsShowsTheMatrixAndTheCurvesAtAnyWidthByDayAndNight() throws {
            let report = try evaluate(clips())
            try browser.expectNothingWrong(from: "file:///", name: "clips")
            #expect(browser.requests.count == 1, "\(browser.requests)")

            let confusion = try #require(report["confusion"] as? [String: Any])
            let names = try #require(confusion["classes"] as? [String])
            let counts = try #require(confusion["counts"] as? [[Int]])
            let cells = """
                [...document.querySelectorAll('.matrix tbody tr')].map((r) =>
                  [...r.children].map((c) => c.textContent).join(' '))
                """
            #expect(
                try strings(cells)
                    == zip(names, counts).dropLast().map { name, row in
                        ([name] + row.map { "\($0)" }).joined(separator: " ")
                    }
            )
            #expect(
                try strings(
                    "[...document.querySelectorAll('.matrix thead th')].map((c) => c.textContent)"
                ) == ["really / named"] + names
            )
            let classes = try #require(report["classes"] as? [[String: Any]])
            let curves = classes.filter { ($0["curve"] as? [Any])?.isEmpty == false }
            #expect(curves.count == 3)
            for (index, row) in curves.enumerated() {
                let points = try #require(row["curve"] as? [[String: Double]])
                let circles = ".curve-\(index) circle"
                #expect(
                    try number("document.querySelectorAll('\(circles)').length")
                        == Double(points.count)
                )
                for (place, point) in points.enumerated() {
                    let circle = "document.querySelectorAll('\(circles)')[\(place)]"
                    let x = try number("\(circle).cx.baseVal.value")
                    let y = try number("\(circle).cy.baseVal.value")
                    #expect(abs(x - (44 + 320 * (point["recall"] ?? -1))) < 0.1)
                    #expect(abs(y - (26 + 320 * (1 - (point["precision"] ?? -1)))) < 0.1)
                }
            }
        }

        @Test func aCurveIsHiddenByTheKeyboardAndStandsOutUnderThePointer() throws {
            _ = try evaluate(clips())
            try browser.show(width: 1_280, height: 800, isDark: false)
            let curve = "getComputedStyle(document.querySelector('.curve-1'))"
            #expect(try browser.value(of: "\(curve).display") as? String == "inline")
            #expect(try browser.value(of: "\(curve).strokeWidth") as? String == "2px")
            try browser.hover(over: ".choice-1 .name")
            #expect(try browser.value(of: "\(curve).strokeWidth") as? String == "4px")
            try browser.press(" ", on: ".choice-1 input")
            #expect(try browser.value(of: "\(curve).display") as? String == "none")
            try browser.press(" ")
            #expect(try browser.value(of: "\(curve).display") as? String == "inline")
            try browser.press("Tab")
            let next = "document.activeElement.closest('label').className"
            #expect(try browser.value(of: next) as? String == "choice-2")
            let point = """
                (() => { const c = document.querySelector('.curve-0 circle');
                  c.scrollIntoView({ block: 'center' }); const r = c.getBoundingClientRect();
                  return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
                    .closest('circle')?.textContent ?? 'nothing'; })()
                """
            let title = try #require(try browser.value(of: point) as? String)
            #expect(title.contains("recall") && title.contains("precision"), "\(title)")
        }

        @Test func thePageOfRecordingsShowsAHitAMissAndAFalseAlarmAtTheirTimes() throws {
            let report = try evaluate(recordings())
            try browser.expectNothingWrong(from: "file:///", name: "recordings")
            #expect(browser.requests.count == 1, "\(browser.requests)")
            #expect(report["false_alarms"] as? Int == 1)

            let subject = "document.querySelector('.subject').textContent"
            #expect(try browser.value(of: subject) as? String == home.path("Küche <1>"))
            func bars(_ kind: String) throws -> [String] {
                try strings(
                    """
                    [...document.querySelectorAll('.timeline .bar.\(kind)')].map((b) => {
                      const track = b.parentElement.getBoundingClientRect();
                      const bar = b.getBoundingClientRect();
                      return b.title + ' at ' + ((bar.left - track.left) / track.width).toFixed(2) +
                        ' to ' + ((bar.right - track.left) / track.width).toFixed(2); })
                    """
                )
            }
            // Both recordings are 5 s long.
            #expect(
                try bars("found")
                    == ["dog_bark: sound, found, 0:00.00 to 0:05.00 at 0.00 to 1.00"]
            )
            #expect(
                try bars("missed")
                    == ["person_sneeze: sound, missed, 0:01.00 to 0:02.50 at 0.20 to 0.50"]
            )
            #expect(
                try bars("other")
                    == ["falling spoon: other sound, 0:03.00 to 0:04.00 at 0.60 to 0.80"]
            )
            #expect(try bars("event").allSatisfy { $0.hasPrefix("dog_bark: event, ") })
            #expect(try bars("false").count == 1)
            #expect(try bars("false").allSatisfy { $0.hasPrefix("rooster: false alarm, ") })
            try browser.press("Enter", on: ".timeline + details summary")
            let rows = """
                [...document.querySelectorAll('details[open] tbody tr')].map((r) =>
                  [...r.children].map((c) => c.textContent).join(' '))
                """
            #expect(try strings(rows).contains("0:00.00 0:05.00 dog_bark sound, found"))
        }

        @Test func theCurvesOfThresholdsHaveAPointWhereTheReportHasANumber() throws {
            let report = try evaluate(recordings())
            let curve = try #require(report["curve"] as? [[String: Any]])
            let classes = try #require(report["classes"] as? [[String: Any]])
            let names = classes.filter { $0["sounds"] as? Int != 0 }
                .compactMap { $0["class"] as? String }
            #expect(names == ["dog_bark", "person_sneeze"])
            for (index, name) in names.enumerated() {
                let points = curve.filter { point in
                    let tally = (point["classes"] as? [String: [String: Any]])?[name]
                    return tally?["recall"] is Double && tally?["precision"] is Double
                }
                let circles = "#precision .curve-\(index) circle:not(.force)"
                #expect(
                    try number("document.querySelectorAll('\(circles)').length")
                        == Double(points.count),
                    "\(name)"
                )
            }
            #expect(
                try number("document.querySelectorAll('#alarms .curve-0 circle').length")
                    == Double(curve.count)
            )
            // The rate of one false alarm in ten seconds is 360 an hour: between 100 and 1000.
            let marks = "[...document.querySelectorAll('#alarms text')].map((t) => t.textContent)"
            let labels = try strings(marks)
            #expect(labels.contains("false alarms an hour") && labels.contains("1000"), "\(labels)")
        }
    }
}
