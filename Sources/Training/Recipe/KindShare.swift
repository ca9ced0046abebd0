/// What part a kind of material has in a training.
package struct KindShare: Equatable, Sendable {
    /// Its share of every batch, against the sum of all shares.
    package var share: Float = 1
    /// Whether it is laid under sounds of classes; nil: if it has no reported class.
    package var isBackground: Bool?

    /// Creates the usual part.
    package init() {}
}
