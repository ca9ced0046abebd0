/// The place of a class among a model's classes, in the order of its scores.
///
/// An event may also be of the class after the last, ``DetectionSettings/unknownClassName``.
package struct ClassIndex: Hashable, Strideable, Sendable, ExpressibleByIntegerLiteral {
    /// Counted from 0.
    package let rawValue: Int

    /// Makes the place from its number.
    package init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    package init(integerLiteral value: Int) {
        self.init(value)
    }

    package func advanced(by count: Int) -> ClassIndex { ClassIndex(rawValue + count) }

    package func distance(to other: ClassIndex) -> Int { other.rawValue - rawValue }

    package static func == (left: ClassIndex, right: ClassIndex) -> Bool {
        left.rawValue == right.rawValue
    }

    package static func < (left: ClassIndex, right: ClassIndex) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Array {
    /// The classes of an array that has an element for each.
    package var classIndices: Range<ClassIndex> { 0..<ClassIndex(count) }

    /// The element of a class.
    package subscript(index: ClassIndex) -> Element {
        get { self[index.rawValue] }
        _modify { yield &self[index.rawValue] }
    }
}
