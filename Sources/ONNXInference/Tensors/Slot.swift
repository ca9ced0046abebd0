/// Storage that values of a plan take turns in.
final class Slot<Element: TensorElement> {
    /// The storage; grows while the plan is made and keeps its size afterwards.
    var elements: [Element]

    init(count: Int = 0) {
        elements = Array(repeating: .filler, count: count)
    }

    /// Makes room for at least `count` elements.
    func grow(to count: Int) {
        if elements.count < count {
            elements.append(contentsOf: repeatElement(.filler, count: count - elements.count))
        }
    }
}
