/// Room for numbers of one type, which keeps its place while a plan exists.
protocol ElementStorage: AnyObject {
    associatedtype Element: TensorElement

    /// Room for `count` numbers, all zero.
    init(count: Int)

    /// Room that holds the given numbers.
    init(_ elements: [Element])

    /// One of the numbers.
    subscript(index: Int) -> Element { get set }

    /// A copy of some numbers; not for the run itself, since it allocates.
    func array(_ range: Range<Int>) -> [Element]

    /// Replaces as many numbers as there are in `elements`, from `start` on.
    func write(_ elements: [Element], at start: Int)
}

extension FloatMemory: ElementStorage {
    subscript(index: Int) -> Float {
        get { slice[index] }
        set { slice[index] = newValue }
    }

    func array(_ range: Range<Int>) -> [Float] { readOnly[range].toArray() }

    func write(_ elements: [Float], at start: Int) {
        slice(at: start, count: elements.count).update(from: elements.span)
    }
}

/// Room for numbers of a type that is not float.
final class Slot<Element: TensorElement>: ElementStorage {
    private var elements: [Element]

    init(count: Int) { elements = Array(repeating: .filler, count: count) }

    init(_ elements: [Element]) { self.elements = elements }

    subscript(index: Int) -> Element {
        get { elements[index] }
        set { elements[index] = newValue }
    }

    func array(_ range: Range<Int>) -> [Element] { Array(elements[range]) }

    func write(_ elements: [Element], at start: Int) {
        self.elements.replaceSubrange(start..<start + elements.count, with: elements)
    }

    /// Hands out some of the numbers for a loop over all of them.
    func read(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Element>) -> Void) {
        unsafe elements.withUnsafeBufferPointer {
            unsafe body(UnsafeBufferPointer(rebasing: $0[range]))
        }
    }

    /// Hands out room of some of the numbers for a loop that writes all of them.
    func overwrite(_ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Element>) -> Void) {
        unsafe elements.withUnsafeMutableBufferPointer {
            unsafe body(UnsafeMutableBufferPointer(rebasing: $0[range]))
        }
    }
}

/// A stretch of storage that is one value of the plan.
struct TensorView {
    let storage: any ElementStorage
    /// The first element inside the storage.
    let offset: Int
    let type: TensorType

    init(storage: any ElementStorage, offset: Int, type: TensorType) {
        self.storage = storage
        self.offset = offset
        self.type = type
    }

    /// Zeros in storage of their own, or nil when operators do not compute with the type.
    init?(zerosOf type: TensorType) {
        guard let element = type.elementType.element else { return nil }
        func zeros<Element: TensorElement>(_ element: Element.Type) -> any ElementStorage {
            Element.Storage(count: type.elementCount)
        }
        self.init(storage: zeros(element), offset: 0, type: type)
    }

    /// A tensor's numbers in storage of their own, or nil when operators do not compute with their
    /// type.
    init?(_ tensor: Tensor) {
        guard let array = tensor.values.array else { return nil }
        func copied<Elements: ElementArray>(_ array: Elements) -> any ElementStorage {
            array.makeStorage()
        }
        self.init(storage: copied(array), offset: 0, type: tensor.type)
    }

    /// The same storage as a value of another type.
    func viewed(as type: TensorType) -> TensorView {
        TensorView(storage: storage, offset: offset, type: type)
    }

    /// The view as one of elements of a known type.
    func elements<Element: TensorElement>(_ type: Element.Type) -> TypedView<Element> {
        guard let storage = storage as? Element.Storage else {
            preconditionFailure("a view is read as the type it was planned with")
        }
        return TypedView(
            storage: storage,
            range: offset..<offset + self.type.elementCount,
            shape: self.type.shape
        )
    }

    /// The numbers as values that can leave the plan.
    var values: TensorValues {
        func values<Storage: ElementStorage>(_ storage: Storage) -> TensorValues {
            Storage.Element.values(storage.array(offset..<offset + type.elementCount))
        }
        return values(storage)
    }

    /// Replaces the numbers; `values` are of the view's type and as many.
    func write(_ values: TensorValues) {
        precondition(values.count == type.elementCount, "\(values.count) values for \(type)")
        func write<Storage: ElementStorage>(_ storage: Storage) {
            guard let elements = Storage.Element.elements(of: values) else {
                preconditionFailure("a view is written with the type it was planned with")
            }
            storage.write(elements, at: offset)
        }
        write(storage)
    }
}

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
}

extension TypedView<Float> {
    /// The elements for a kernel to read.
    var floats: FloatSlice { mutableFloats.readOnly }

    /// The elements for a kernel to write.
    var mutableFloats: MutableFloatSlice {
        storage.slice(at: range.lowerBound, count: range.count)
    }
}
