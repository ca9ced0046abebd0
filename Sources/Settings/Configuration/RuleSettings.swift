/// `rules.NAME`: what is worth telling, and to whom.
package struct RuleSettings: Equatable, Sendable {
    /// When there is something to tell.
    package var when = RuleCondition()
    /// What is done then, each by itself.
    package var then: [RuleAction] = []
    /// For how long after telling it nothing is told again, in seconds.
    package var cooldownSeconds: Double = 0
    /// When nothing is told, or, with a digest, only later; nil: at no time.
    package var quiet: DayTimes?
    /// For how long what happens is gathered into one message, in seconds; nil: not at all.
    package var digestSeconds: Double?
    /// For how long sending a message is tried, in seconds.
    package var giveUpSeconds: Double = 86_400

    /// Creates a rule without conditions and actions.
    package init() {}
}

/// `rules.NAME.when`: the condition of a rule; every part that is given must hold.
package struct RuleCondition: Equatable, Sendable {
    /// The names of the classes; empty: all.
    package var classes: [String] = []
    /// More classes that must be heard within the time: of each element one.
    package var all: [[String]] = []
    /// Classes of which none must be heard within the time.
    package var not: [String] = []
    /// The names of the sources; empty: all.
    package var sources: [String] = []
    /// The lowest peak score.
    package var score: Double?
    /// The lowest level, in dBFS.
    package var levelDBFS: Double?
    /// The times of day.
    package var between: DayTimes?
    /// The days of the week; nil: all.
    package var days: Set<Weekday>?
    /// How long the sound, or the fault, must last, in seconds.
    package var longerThanSeconds: Double?
    /// How many such events it takes; nil: one.
    package var count: Int?
    /// The time for `count`, `thenClasses`, `all` and `not`, in seconds.
    package var withinSeconds: Double?
    /// The classes of which one must follow; empty: none has to.
    package var thenClasses: [String] = []
    /// For how long nothing of the kind must have been heard, in seconds.
    package var absentForSeconds: Double?
    /// By when something of the kind must have been heard each day.
    package var absentBy: TimeOfDay?
    /// The faults of the monitor itself that are meant instead of events; empty: none.
    package var faults: [MonitorFault] = []
    /// Whether it is told that a fault is over.
    package var over = FaultEnd.none

    /// Creates a condition that every event meets.
    package init() {}

    /// Whether what is told is that something was not heard.
    package var isAbsence: Bool { absentForSeconds != nil || absentBy != nil }

    /// Whether other classes decide, beside the event's own.
    package var isExpression: Bool { !all.isEmpty || !not.isEmpty }

    /// The classes of which one must be heard, for each that must; none: any class will do.
    package var groups: [[String]] { (classes.isEmpty ? [] : [classes]) + all }
}

/// Whether it is told that a fault is over.
package enum FaultEnd: String, CaseIterable, Sendable {
    /// Only that there is one.
    case none
    /// That there is one, and when it is over.
    case also
    /// Only that it is over.
    case only
}

/// An element of `rules.NAME.then`: one receiver.
package struct RuleAction: Equatable, Sendable {
    /// What kind of receiver an action has.
    package enum Kind: String, CaseIterable, Sendable {
        case command, webhook, publish, mail
    }

    /// The program and its arguments; empty: no command.
    package var command: [String] = []
    /// How long the program may run, in seconds.
    package var timeoutSeconds: Double = 30
    /// The request that is made.
    package var webhook = WebhookSettings()
    /// What is published by MQTT.
    package var publish = PublishSettings()
    /// Who gets mail.
    package var mail = MailSettings()

    /// Creates an action that does nothing.
    package init() {}

    /// The kinds of receivers that are named; a valid action has one.
    package var kinds: [Kind] {
        [
            command.isEmpty ? nil : .command, webhook.url == nil ? nil : .webhook,
            publish.topic == nil ? nil : .publish, mail.to.isEmpty ? nil : .mail,
        ].compactMap(\.self)
    }
}

/// `webhook` of an action: an HTTP request.
package struct WebhookSettings: Equatable, Sendable {
    /// The method.
    package enum Method: String, CaseIterable, Sendable {
        case post, put, patch, get
    }

    /// What is sent in place of the body.
    package enum Attachment: String, CaseIterable, Sendable {
        case none, clip
    }

    /// The address; nil: there is no webhook.
    package var url: String?
    package var method = Method.post
    /// More header fields, by name; the values are templates.
    package var headers: [String: String] = [:]
    /// The template of the body; nil: the news as JSON.
    package var body: String?
    /// The file of the secret that signs the body, or `credential:NAME`; nil: it is not signed.
    package var secretFile: String?
    package var attach = Attachment.none
    /// Whether the request may go to this machine and its networks.
    package var allowsPrivate = false
    /// How long the whole request may take, in seconds.
    package var timeoutSeconds: Double = 10

    /// Creates a webhook without an address.
    package init() {}
}

/// `publish` of an action: a message by MQTT.
package struct PublishSettings: Equatable, Sendable {
    /// The topic; nil: nothing is published.
    package var topic: String?
    /// The template of the payload; nil: the news as JSON.
    package var payload: String?

    /// Creates a message without a topic.
    package init() {}
}

/// `mail` of an action: a mail by the system's `sendmail`.
package struct MailSettings: Equatable, Sendable {
    /// The addresses; empty: there is no mail.
    package var to: [String] = []
    /// The template of the subject; nil: the title of the news.
    package var subject: String?
    /// The template of the text; nil: the text of the news.
    package var body: String?

    /// Creates a mail to nobody.
    package init() {}
}

/// A fault of the monitor itself.
package enum MonitorFault: String, CaseIterable, Codable, Sendable {
    /// A source is absent or gives no usable sound.
    case deaf
    /// The history or the clips cannot be written.
    case disk
    /// The clock is not synchronised.
    case clock
}

// MARK: - Keys

extension RuleSettings {
    /// The keys of a section of `rules`.
    package static let settings = SettingsTable<RuleSettings>([
        .section("when", \.when, RuleCondition.settings),
        .list(
            "then",
            \.then,
            of: RuleAction.settings,
            startingFrom: RuleAction(),
            listsDefaults: false
        ),
        .value("cooldown", \.cooldownSeconds, .duration(atLeast: 0))
            .help("How long after a message the rule sends no other."),
        .optional("quiet", \.quiet, .dayTimes, word: "none")
            .help("When nothing is sent; with `digest` it is sent afterwards."),
        .optional("digest", \.digestSeconds, .duration(atLeast: 1), word: "none")
            .help("How long events are gathered into one message, which counts them."),
        .value("give_up_after", \.giveUpSeconds, .duration(atLeast: 1))
            .help("How long a message that can't be delivered is tried again."),
    ])
}

extension RuleCondition {
    /// The keys of a section `when`.
    package static let settings = SettingsTable<RuleCondition>([
        .value("class", \.classes, .nameOrNames(empty: "any"))
            .help("The classes of events; `any` is all of them."),
        .value("all", \.all, .groupsOfNames)
            .help(
                "More classes that must be heard within `within`; of a list in the list one will do."
            ),
        .value("not", \.not, .nameOrNames(empty: "none"))
            .help("The classes of which none must be heard within `within`."),
        .value("source", \.sources, .nameOrNames(empty: "any"))
            .help("The sources that heard it; `any` is all of them."),
        .optional("score", \.score, .number(in: 0...1), unsaid: "any")
            .help("The lowest peak score."),
        .optional("level_dbfs", \.levelDBFS, .number(in: -120...0), unsaid: "any")
            .help("The lowest level, in dBFS."),
        .optional("between", \.between, .dayTimes, unsaid: "at any time")
            .help("The times of day at which it begins, local time."),
        .optional("days", \.days, .weekdays, unsaid: "every day")
            .help("The days on which it begins."),
        .optional("longer_than", \.longerThanSeconds, .duration(atLeast: 0), unsaid: "any length")
            .help("How long it must last; it is told while it goes on."),
        .optional("count", \.count, .wholeNumber(in: 2...10_000), unsaid: "1")
            .help("How many such events it takes, within `within`."),
        .optional("within", \.withinSeconds, .duration(atLeast: 1), unsaid: "none")
            .help("The time for `count`, `then_class`, `all` and `not`."),
        .value("then_class", \.thenClasses, .nameOrNames(empty: "none"))
            .help("The classes of which one must follow within `within`."),
        .optional("absent_for", \.absentForSeconds, .duration(atLeast: 1), unsaid: "none")
            .help("Tells that no such event was heard for so long while the monitor listened."),
        .optional("absent_by", \.absentBy, .timeOfDay, unsaid: "none")
            .help("Tells that no such event was heard since midnight, at this local time."),
        .value("fault", \.faults, .faults)
            .help("Tells of faults of the monitor instead of events."),
        .value("over", \.over, .choice)
            .help("Tells that the fault is over: `also`, or `only` that."),
    ])
}

extension RuleAction {
    /// The keys of an element of `then`.
    static let settings = SettingsTable<RuleAction>([
        .value("command", \.command, .commandLine)
            .help("A program with its arguments, run without a shell; the news is its input."),
        .value("timeout", \.timeoutSeconds, .duration(atLeast: 1))
            .help("How long the program may run."),
        .section("webhook", \.webhook, WebhookSettings.settings),
        .section("publish", \.publish, PublishSettings.settings),
        .section("mail", \.mail, MailSettings.settings),
    ])
}

extension WebhookSettings {
    /// The keys of a section `webhook`.
    static let settings = SettingsTable<WebhookSettings>([
        .optional("url", \.url, .webAddress, unsaid: "none")
            .help("Where the request goes."),
        .value("method", \.method, .choice)
            .help("The method of the request."),
        .namedValues("headers", \.headers, .secretTemplate),
        .optional("body", \.body, .template, unsaid: "the news as JSON")
            .help("The template of the body; see docs/rules.md."),
        .optional("secret_file", \.secretFile, .text("a path, or credential:NAME"), unsaid: "none")
            .help("The secret that signs the body, by HMAC-SHA256."),
        .value("attach", \.attach, .choice)
            .help("`clip` sends the event's clip in place of the body, if there is one."),
        .value("allow_private", \.allowsPrivate, .flag)
            .help("Whether this machine and its networks may be reached."),
        .value("timeout", \.timeoutSeconds, .duration(atLeast: 1))
            .help("How long the request may take."),
    ])
}

extension PublishSettings {
    /// The keys of a section `publish`.
    static let settings = SettingsTable<PublishSettings>([
        .optional("topic", \.topic, .text("an MQTT topic, which may be a template"), unsaid: "none")
            .help("The MQTT topic."),
        .optional("payload", \.payload, .template, unsaid: "the news as JSON")
            .help("The template of the payload."),
    ])
}

extension MailSettings {
    /// The keys of a section `mail`.
    static let settings = SettingsTable<MailSettings>([
        .value("to", \.to, .mailAddresses)
            .help("Who gets mail, by the system's sendmail."),
        .optional("subject", \.subject, .template, unsaid: "the title of the news")
            .help("The template of the subject."),
        .optional("body", \.body, .template, unsaid: "the text of the news")
            .help("The template of the text."),
    ])
}
