package import Foundation

/// What a user says that an event really was.
package struct EventLabel: Sendable, Equatable {
    /// The class that it was, which need not be one of the model's; nil: nothing of the kind,
    /// a false alarm.
    package var className: String?
    /// Anything the user wants to add.
    package var note: String?
    /// When the user said so.
    package var labelledAt: Date

    /// Creates the label from its parts.
    package init(className: String?, note: String? = nil, labelledAt: Date) {
        self.className = className
        self.note = note
        self.labelledAt = labelledAt
    }
}
