/// The places that maxima came from, with a fixed address; −1 for none.
@safe package final class PlaceBuffer {
    /// The number of places.
    package let count: Int
    private let base: UnsafeMutablePointer<Int32>

    /// Makes a buffer in which no place is known.
    package init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) places")
        self.count = count
        unsafe base = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: -1, count: max(count, 1))
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Forgets `length` places from `start` on.
    package func forget(at start: Int, count length: Int) {
        unsafe pointer(at: start, count: length).update(repeating: -1, count: length)
    }

    func pointer(at start: Int, count length: Int) -> UnsafeMutablePointer<Int32> {
        precondition(start >= 0 && start + length <= count, "places outside 0..<\(count)")
        return unsafe base + start
    }
}
