/// Storage shared by all steps of a plan, holding nothing from one step to the next.
final class ScratchSpace {
    private let floats = Slot<Float>()
    private let doubles = Slot<Double>()
    private var floatsInUse = 0
    private var doublesInUse = 0

    /// Room that other requests of the same step do not overlap.
    func floats(_ count: Int) -> TypedView<Float> {
        let start = floatsInUse
        floatsInUse += count
        floats.grow(to: floatsInUse)
        return TypedView(slot: floats, range: start..<floatsInUse, shape: [count])
    }

    /// Room that other requests of the same step do not overlap.
    func doubles(_ count: Int) -> TypedView<Double> {
        let start = doublesInUse
        doublesInUse += count
        doubles.grow(to: doublesInUse)
        return TypedView(slot: doubles, range: start..<doublesInUse, shape: [count])
    }

    /// Ends one step's requests; the next step's start over.
    func beginStep() {
        floatsInUse = 0
        doublesInUse = 0
    }

    /// The bytes held.
    var byteCount: Int { floats.elements.count * 4 + doubles.elements.count * 8 }
}
