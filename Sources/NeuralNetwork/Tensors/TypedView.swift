/// A stretch of storage with a shape: what the steps of a plan read and write.
struct TypedView<Element: TensorElement> {
    let storage: Element.Storage
    let range: Range<Int>
    let shape: [Int]

    /// The number of elements.
    var count: Int { range.count }

    /// An element, counted from the start of the view.
    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < range.count, "element \(index) of \(range.count)")
            return storage[range.lowerBound + index]
        }
        nonmutating set {
            precondition(index >= 0 && index < range.count, "element \(index) of \(range.count)")
            storage[range.lowerBound + index] = newValue
        }
    }

    /// The elements as an array; not for the run itself, since it allocates.
    var array: [Element] { (0..<count).map { self[$0] } }

    /// Replaces the elements; `values` are as many.
    func write(_ values: [Element]) {
        precondition(values.count == count, "\(values.count) values for \(count) elements")
        for (index, value) in values.enumerated() { self[index] = value }
    }
}

extension TypedView<Float> {
    /// The elements for a kernel to read.
    var floats: FloatSlice { mutableFloats.readOnly }

    /// The elements for a kernel to write.
    var mutableFloats: MutableFloatSlice {
        storage.slice(at: range.lowerBound, count: range.count)
    }
}
