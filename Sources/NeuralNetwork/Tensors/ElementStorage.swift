/// Room for numbers of one type, which keeps its place while a plan exists.
protocol ElementStorage: AnyObject {
    associatedtype Element

    /// Room for `count` numbers, all zero.
    init(count: Int)

    /// One of the numbers.
    subscript(index: Int) -> Element { get set }
}

extension FloatMemory: ElementStorage {
    subscript(index: Int) -> Float {
        get { slice[index] }
        set { slice[index] = newValue }
    }
}
