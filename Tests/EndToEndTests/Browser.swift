import Foundation
import Glibc
import Testing

/// A real browser without a window, with one page, driven by the DevTools protocol.
final class Browser {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// The addresses that the page has asked for.
    private(set) var requests: [String] = []
    /// What it has complained of: exceptions, errors, and warnings of the security policy.
    private(set) var complaints: [String] = []
    private let program: RunningProgram
    private let pipe: DevToolsPipe
    private let home: TestHome
    private var session: String?
    private var lastIdentifier = 0
    private var loadCount = 0

    private static let path = "/usr/bin/chromium"

    /// Starts the browser with a profile of its own.
    init() throws {
        home = try TestHome()
        pipe = try DevToolsPipe()
        guard access(Self.path, X_OK) == 0 else {
            throw Failed(
                description: "No browser at \(Self.path). Install it: scripts/install-packages test"
            )
        }
        program = try RunningProgram(
            path: Self.path,
            arguments: [
                // Its sandbox needs what a container or root does not have; the pages are ours.
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-extensions", "--disable-background-networking",
                "--disable-component-update", "--hide-scrollbars", "--remote-debugging-pipe",
                "--user-data-dir=\(home.path("browser"))", "about:blank",
            ],
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": home.folder.path, "TZ": "UTC", "LANG": "C.UTF-8",
            ],
            descriptors: [3: pipe.browserEnd, 4: pipe.browserEnd]
        )
        pipe.releaseBrowserEnd()
        let target = try call("Target.createTarget", ["url": "about:blank"])
        let attached = try call(
            "Target.attachToTarget",
            ["targetId": target["targetId"] ?? "", "flatten": true]
        )
        session = attached["sessionId"] as? String
        for domain in ["Page", "Runtime", "Network", "Log"] { try call("\(domain).enable") }
    }

    deinit {
        // Its helpers go when it goes; the profile can be removed only then.
        try? pipe.send(["id": 0, "method": "Browser.close"])
        try? Wait.until("the browser ends", seconds: 5) { !program.isRunning }
        program.send(SIGKILL)
        program.waitUntilExit()
    }

    /// Sets the window's width and height in CSS pixels, and whether it is night.
    func show(width: Int, height: Int, isDark: Bool) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600]
        )
        try call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]]
        )
    }

    /// Opens an address and waits until everything is loaded.
    func open(_ address: String) throws {
        let before = loadCount
        requests = []
        complaints = []
        let answer = try call("Page.navigate", ["url": address])
        if let error = answer["errorText"] as? String {
            throw Failed(description: "\(address): \(error)")
        }
        try Wait.until("\(address) is loaded") {
            try listen(milliseconds: 50)
            return loadCount > before
        }
    }

    /// What an expression of JavaScript comes to; promises are waited for.
    ///
    /// - Returns: The value; nil for none, and where the page was left before it answered.
    func value(of expression: String) throws -> Any? {
        let answer: [String: Any]
        do {
            answer = try call(
                "Runtime.evaluate",
                ["expression": expression, "returnByValue": true, "awaitPromise": true]
            )
        } catch let failure as Failed where failure.description.hasSuffix(Self.leftPage) {
            return nil
        }
        if let details = answer["exceptionDetails"] as? [String: Any] {
            throw Failed(description: "\(expression): \(Self.words(of: details))")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// What the browser says of a page that reloads itself while it is asked, as it does after signing
    /// in and out.
    private static let leftPage = "Inspected target navigated or closed"

    /// Looks until an expression is true.
    func wait(until expression: String, seconds: TimeInterval = 30) throws {
        try Wait.until(expression, seconds: seconds) {
            try listen(milliseconds: 20)
            return try value(of: expression) as? Bool == true
        }
    }

    /// Moves the pointer over the middle of the first element that a selector finds.
    func hover(over selector: String) throws {
        let place = try value(
            of: """
                (() => { const e = document.querySelector(\(Self.literal(selector)));
                  e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect();
                  return [r.x + r.width / 2, r.y + r.height / 2]; })()
                """
        )
        guard let place = place as? [Double], place.count == 2 else {
            throw Failed(description: "nothing is at \(selector)")
        }
        try call(
            "Input.dispatchMouseEvent",
            ["type": "mouseMoved", "x": place[0], "y": place[1]]
        )
    }

    /// Moves the pointer to a place of the first element that a selector finds, in CSS pixels.
    func hover(over selector: String, at place: (fromRight: Double, fromTop: Double)) throws {
        let box = try value(
            of: """
                (() => { const e = document.querySelector(\(Self.literal(selector)));
                  e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect();
                  return [r.right, r.top]; })()
                """
        )
        guard let box = box as? [Double], box.count == 2 else {
            throw Failed(description: "nothing is at \(selector)")
        }
        try call(
            "Input.dispatchMouseEvent",
            ["type": "mouseMoved", "x": box[0] - place.fromRight, "y": box[1] + place.fromTop]
        )
    }

    /// Puts the keyboard's focus on an element and presses a key there.
    func press(_ key: String, on selector: String) throws {
        _ = try value(of: "document.querySelector(\(Self.literal(selector))).focus()")
        try press(key)
    }

    /// Presses and releases a key.
    func press(_ key: String) throws {
        let codes = [
            "Tab": 9, "Enter": 13, " ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        ]
        let isLetter = key.count == 1 && key != " "
        var event: [String: Any] = [
            "key": key, "code": key == " " ? "Space" : isLetter ? "Key\(key.uppercased())" : key,
            "windowsVirtualKeyCode": codes[key] ?? Int(key.uppercased().utf8.first ?? 0),
        ]
        if isLetter || key == " " || key == "Enter" { event["text"] = key == "Enter" ? "\r" : key }
        for type in ["keyDown", "keyUp"] {
            event["type"] = type
            try call("Input.dispatchKeyEvent", event)
        }
    }

    /// Takes the middle of an element with the mouse and drops it so many pixels further down.
    func drag(_ selector: String, down distance: Double) throws {
        try hover(over: selector)
        let place = try value(
            of: """
                (() => { const r = document.querySelector(\(Self.literal(selector)))
                  .getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()
                """
        )
        guard let place = place as? [Double], place.count == 2 else {
            throw Failed(description: "nothing is at \(selector)")
        }
        for (type, part) in [
            ("mousePressed", 0.0), ("mouseMoved", 0.5), ("mouseMoved", 1), ("mouseReleased", 1),
        ] {
            try call(
                "Input.dispatchMouseEvent",
                [
                    "type": type, "x": place[0], "y": place[1] + distance * part, "button": "left",
                    "buttons": type == "mouseReleased" ? 0 : 1, "clickCount": 1,
                ]
            )
        }
    }

    /// Takes a picture of the whole page into a file, for whoever wants to look.
    func picture(to path: String) throws {
        let answer = try call("Page.captureScreenshot", ["captureBeyondViewport": true])
        let data = (answer["data"] as? String).flatMap { Data(base64Encoded: $0) }
        try data?.write(to: URL(fileURLWithPath: path))
    }

    /// Asks the browser and waits for the answer.
    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        lastIdentifier += 1
        var message: [String: Any] = [
            "id": lastIdentifier, "method": method, "params": parameters,
        ]
        message["sessionId"] = session
        try pipe.send(message)
        let deadline = Date(timeIntervalSinceNow: 60 * Wait.patience)
        while Date() < deadline {
            guard let answer = try pipe.receive(milliseconds: 1_000) else { continue }
            guard answer["id"] as? Int == lastIdentifier else {
                note(answer)
                continue
            }
            if let error = answer["error"] as? [String: Any] {
                throw Failed(description: "\(method): \(error["message"] ?? error)")
            }
            return answer["result"] as? [String: Any] ?? [:]
        }
        throw Failed(description: "\(method): no answer. It says: \(program.errors.suffix(2_000))")
    }

    /// Takes what the browser says by itself for so long; a page that receives a stream never pauses.
    private func listen(milliseconds: Int) throws {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        repeat {
            guard let message = try pipe.receive(milliseconds: milliseconds) else { return }
            note(message)
        } while ContinuousClock.now < end
    }

    private func note(_ message: [String: Any]) {
        guard let method = message["method"] as? String,
            let parameters = message["params"] as? [String: Any]
        else { return }
        switch method {
        case "Page.loadEventFired":
            loadCount += 1
        case "Network.requestWillBeSent":
            let request = parameters["request"] as? [String: Any]
            requests.append(request?["url"] as? String ?? "?")
        case "Runtime.exceptionThrown":
            let details = parameters["exceptionDetails"] as? [String: Any]
            complaints.append(Self.words(of: details ?? [:]))
        case "Runtime.consoleAPICalled" where parameters["type"] as? String != "log":
            complaints.append("\(parameters["args"] ?? "?")")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any]
            complaints.append("\(entry?["text"] ?? "?") \(entry?["url"] ?? "")")
        default:
            break
        }
    }

    private static func words(of details: [String: Any]) -> String {
        let exception = details["exception"] as? [String: Any]
        return "\(exception?["description"] ?? details["text"] ?? details)"
    }

    private static func literal(_ text: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: text, options: .fragmentsAllowed)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

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

/// What is said to a browser and what it says: JSON, each message ended by a zero byte.
///
/// A pair of sockets, so that no port is opened, none has to be free, and a browser that is gone is
/// an error instead of a signal.
final class DevToolsPipe {
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    /// The browser's end, from which it reads and into which it writes.
    let browserEnd: Int32
    private let end: Int32
    private var received = Data()

    init() throws {
        var pair: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw Ended(description: "no pair of sockets: errno \(errno)")
        }
        // Other programs that tests start must not keep them open, and the numbers must be far from
        // those that they get in the browser.
        end = fcntl(pair[0], F_DUPFD_CLOEXEC, 20)
        browserEnd = fcntl(pair[1], F_DUPFD_CLOEXEC, 20)
        pair.forEach { close($0) }
    }

    deinit {
        close(end)
    }

    /// Closes the browser's end here, once it has got it, so that its own end is noticed.
    func releaseBrowserEnd() {
        close(browserEnd)
    }

    /// Says one message.
    func send(_ message: [String: Any]) throws {
        var bytes = try JSONSerialization.data(withJSONObject: message)
        bytes.append(0)
        try bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = Glibc.send(
                    end,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 || errno == EINTR else {
                    throw Ended(description: "the browser does not listen: errno \(errno)")
                }
                sent += max(0, count)
            }
        }
    }

    /// Waits for the next message; nil if there is none in time.
    func receive(milliseconds: Int) throws -> [String: Any]? {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1_000)
        while true {
            if let zero = received.firstIndex(of: 0) {
                let message = Data(received[received.startIndex..<zero])
                received = Data(received[received.index(after: zero)...])
                return try JSONSerialization.jsonObject(with: message) as? [String: Any]
            }
            let left = max(0, deadline.timeIntervalSinceNow * 1_000)
            var waiting = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(left)) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(end, &chunk, chunk.count, 0)
            guard count > 0 else { throw Ended(description: "the browser is gone") }
            received.append(contentsOf: chunk[..<count])
        }
    }
}
