package import Foundation
import Messages
import Platform
package import Settings

/// Who gets the messages of one action of a rule.
package struct Receiver: Sendable {
    /// Finds the clip of an event.
    package typealias ClipFinder = @Sendable (_ event: Int64) -> ClipFile?

    private enum Way {
        case command([String], seconds: Double)
        case webhook(Webhook)
        case mail(Mail)
        /// Somebody else delivers it.
        case none
    }

    private let way: Way
    private let wantsClip: Bool
    private let clips: ClipFinder
    /// How long a clip is waited for after the end of its event, in seconds.
    private static let clipPatience: Double = 60

    /// Reads the templates of an action.
    ///
    /// - Parameters:
    ///   - action: The action.
    ///   - clips: Finds clips.
    /// - Throws: The fault of the first template that has one, with its key.
    package init(
        _ action: RuleAction,
        clips: @escaping ClipFinder = { _ in nil }
    ) throws(TemplateFault) {
        self.clips = clips
        wantsClip = action.webhook.attach == .clip
        switch action.kinds.first {
        case .command: way = .command(action.command, seconds: action.timeoutSeconds)
        case .webhook: way = .webhook(try Webhook(action.webhook))
        case .mail: way = .mail(try Mail(action.mail))
        case .publish, nil:
            _ = try PublishRequest.templates(of: action.publish)
            way = .none
        }
    }

    /// Whether a message should rather be sent later, when its clip is written.
    package func waitsForClip(_ notice: Notice, now: Date) -> Bool {
        guard wantsClip, let event = notice.event, let end = event.end else { return false }
        return now - end < Self.clipPatience && clips(event.id) == nil
    }

    /// Delivers news and waits for the answer.
    ///
    /// - Parameters:
    ///   - notice: The news.
    ///   - key: By which the receiver can tell that it has the message already.
    ///   - cancellation: Ends it early.
    /// - Returns: What came of it.
    package func deliver(
        _ notice: Notice,
        key: String,
        cancellation: Cancellation
    ) -> DeliveryOutcome {
        switch way {
        case .command(let command, let seconds):
            return ProgramRun.run(
                command,
                input: Data((notice.json.text + "\n").utf8),
                seconds: seconds,
                cancellation: cancellation
            )
        case .webhook(let webhook):
            let clip = wantsClip ? notice.event.flatMap { clips($0.id) } : nil
            return webhook.send(notice, key: key, clip: clip, cancellation: cancellation)
        case .mail(let mail):
            return mail.send(notice, key: key, cancellation: cancellation)
        case .none:
            return .refused(reason: "nobody delivers it")
        }
    }
}

/// What is published by MQTT: the payload of a message of the channel `mqtt`, as JSON.
package struct PublishRequest: Codable, Sendable, Equatable {
    /// The channel of such messages.
    package static let channel = "mqtt"

    /// The topic.
    package var topic: String
    /// What is published there.
    package var payload: String

    /// Creates the request from its parts.
    package init(topic: String, payload: String) {
        self.topic = topic
        self.payload = payload
    }

    /// The request as an outbox holds it.
    package var encoded: Data {
        do {
            return try JSONEncoder().encode(self)
        } catch {
            preconditionFailure("two texts can be encoded: \(error)")
        }
    }

    /// Puts news into the templates of a rule.
    init(_ settings: PublishSettings, _ notice: Notice) throws(TemplateFault) {
        let (topic, payload) = try Self.templates(of: settings)
        // Wildcards are for those who subscribe.
        self.topic = topic.render(notice).filter { !"+#\0".contains($0) }
        self.payload = payload?.render(notice) ?? notice.json.text
    }

    static func templates(
        of settings: PublishSettings
    ) throws(TemplateFault) -> (topic: NewsTemplate, payload: NewsTemplate?) {
        let topic = try NewsTemplate(settings.topic ?? "", form: .field, key: "publish.topic")
        guard let text = settings.payload else { return (topic, nil) }
        let form: NewsTemplate.Form = NewsTemplate.makesJSON(text) ? .json : .text
        return (topic, try NewsTemplate(text, form: form, key: "publish.payload"))
    }
}

/// Mail by the system's `sendmail`.
private struct Mail: Sendable {
    private static let programs = ["/usr/sbin/sendmail", "/usr/lib/sendmail"]
    private static let timeoutSeconds: Double = 30

    private let to: [String]
    private let subject: NewsTemplate
    private let body: NewsTemplate

    init(_ settings: MailSettings) throws(TemplateFault) {
        to = settings.to
        subject = try NewsTemplate(
            settings.subject ?? "{{title}}",
            form: .field,
            key: "mail.subject"
        )
        body = try NewsTemplate(settings.body ?? "{{text}}\n", form: .text, key: "mail.body")
    }

    func send(_ notice: Notice, key: String, cancellation: Cancellation) -> DeliveryOutcome {
        guard let program = Self.programs.first(where: { access($0, X_OK) == 0 }) else {
            return .failed(
                reason: "there is no \(Self.programs[0]) (Debian: apt install msmtp-mta)"
            )
        }
        return ProgramRun.run(
            [program, "-i", "--"] + to,
            input: Data(text(notice, key: key).utf8),
            seconds: Self.timeoutSeconds,
            cancellation: cancellation
        )
    }

    /// The mail, by RFC 5322 and 2047.
    private func text(_ notice: Notice, key: String) -> String {
        let number = SHA256Digest(of: Array(key.utf8)).description.prefix(32)
        let lines = [
            "To: \(to.joined(separator: ", "))",
            "Subject: \(Self.encodedWords(subject.render(notice)))",
            "Message-ID: <\(number)@earwitness>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated",
            "",
            Data(body.render(notice).utf8)
                .base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]),
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// A text of any letters as a header has it, in words of at most 75 characters.
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var word = ""
        for character in text {
            if word.utf8.count + character.utf8.count > 42 {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        return (words + [word]).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\n ")
    }
}
