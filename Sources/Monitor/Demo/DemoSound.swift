/// One sound of the demo scene: what it is meant to be, and when.
package struct DemoSound: Equatable, Sendable {
    /// The name of the class that it is meant to be, as the model `household-1` calls it.
    package let className: String

    /// When it begins, in seconds from the beginning of the scene.
    package let startSeconds: Double

    /// When it has died away, in seconds from the beginning of the scene.
    package let endSeconds: Double

    /// Its loudest sample.
    package let peakDBFS: Double
}
