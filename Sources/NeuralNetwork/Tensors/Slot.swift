/// Room for numbers of a type that is not float.
final class Slot<Element: TensorElement>: ElementStorage {
    private var elements: [Element]

    init(count: Int) {
        elements = Array(repeating: .filler, count: count)
    }

    subscript(index: Int) -> Element {
        get { elements[index] }
        set { elements[index] = newValue }
    }
}
