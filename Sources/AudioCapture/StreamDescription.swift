/// What an opened device delivers.
package struct StreamDescription: Sendable, Equatable {
    /// The name under which it was opened.
    package var device: String
    /// Frames a second.
    package var rateHz: Int
    /// Channels in a frame.
    package var channels: Int
    /// How a sample is stored.
    package var format: SampleFormat
    /// Frames in one read.
    package var periodFrames: Int
    /// Frames that the device keeps while nobody reads.
    package var bufferFrames: Int
}
