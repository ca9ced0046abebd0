/// A model in use: what it hears, where it came from, and its card.
package struct ModelCardMessage: WireMessage {
    /// Its name.
    package var name: String
    /// Its version.
    package var version: String
    /// What it is for, in a sentence or a few.
    package var summary: String
    /// Under which licence it may be used and passed on.
    package var licence: String
    /// The recordings it was trained on.
    package var trainedOn: String
    /// The digest of its network's file, in hexadecimal digits.
    package var sha256: String
    /// The classes that it tells apart.
    package var classes: [ClassNameMessage]
    /// The text of its `card.md`, in Markdown; nil if it has none.
    package var card: String?

    /// Creates the message from its parts.
    package init(
        name: String,
        version: String,
        summary: String,
        licence: String,
        trainedOn: String,
        sha256: String,
        classes: [ClassNameMessage],
        card: String?
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.licence = licence
        self.trainedOn = trainedOn
        self.sha256 = sha256
        self.classes = classes
        self.card = card
    }

    private enum CodingKeys: String, CodingKey {
        case name, version
        case summary = "description"
        case licence
        case trainedOn = "trained_on"
        case sha256, classes, card
    }
}

/// How programs and people call a class.
package struct ClassNameMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String

    /// Joins the names.
    package init(className: String, label: String) {
        self.className = className
        self.label = label
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case label
    }
}

/// The models in use.
package struct ModelListMessage: WireMessage {
    /// The models, in the order of the configuration.
    package var models: [ModelCardMessage]

    /// Creates the message.
    package init(models: [ModelCardMessage]) {
        self.models = models
    }
}
