/// A stretch of a slot with a shape: what the steps of a plan read and write.
struct TypedView<Element: TensorElement> {
    let slot: Slot<Element>
    let range: Range<Int>
    let shape: [Int]

    /// The number of elements.
    var count: Int { range.count }

    /// Gives the elements to read.
    @inline(__always)
    func read(_ body: (Span<Element>) -> Void) {
        slot.elements.readElements(range, body)
    }

    /// Gives the elements to write.
    @inline(__always)
    func write(_ body: (inout MutableSpan<Element>) -> Void) {
        slot.elements.writeElements(range, body)
    }
}

extension Array where Element: BitwiseCopyable {
    @inline(__always)
    fileprivate func readElements(_ range: Range<Int>, _ body: (Span<Element>) -> Void) {
        body(span.extracting(range))
    }

    @inline(__always)
    fileprivate mutating func writeElements(
        _ range: Range<Int>,
        _ body: (inout MutableSpan<Element>) -> Void
    ) {
        var whole = mutableSpan
        var part = whole._mutatingExtracting(range)
        body(&part)
    }
}
