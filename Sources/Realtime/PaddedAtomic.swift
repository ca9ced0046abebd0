internal import Synchronization

/// An atomic integer alone on its cache lines, so that its writer does not slow other readers.
///
/// 128 bytes: the unit in which adjacent-line prefetchers and Apple and some Arm cores fetch.
struct PaddedAtomic: ~Copyable, Sendable {
    let value = Atomic<Int>(0)
    private let padding = InlineArray<15, Int>(repeating: 0)
}
