package import ModelLibrary
package import Settings

/// The place of an element in a list.
///
/// Places in lists of different things have different types, so that none is taken for another.
package struct Place<Element>: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
    /// Counted from 0.
    package let rawValue: Int

    /// Makes the place from its number.
    package init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    package init(integerLiteral value: Int) {
        self.init(value)
    }

    package static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
}

/// The place of a source in the configuration.
package typealias SourceIndex = Place<SourceSettings>
/// The place of a model among all models in use.
package typealias ModelIndex = Place<SoundModel>
/// The place of a model among the models of one source.
package typealias ModelSlot = Place<ModelUse>

extension Array {
    /// The element at its place.
    package subscript(place: Place<Element>) -> Element {
        get { self[place.rawValue] }
        set { self[place.rawValue] = newValue }
    }
}
