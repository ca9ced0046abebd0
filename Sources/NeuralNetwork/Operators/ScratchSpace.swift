/// Storage shared by all steps of a plan, holding nothing from one step to the next.
final class ScratchSpace {
    private var memory = FloatMemory(count: 0)
    /// Bytes of everything that was handed out.
    private(set) var byteCount = 0

    /// Room for the step that is being made; a step asks once.
    func floats(_ count: Int) -> MutableFloatSlice {
        if memory.count < count {
            memory = FloatMemory(count: max(count, 2 * memory.count))
            byteCount += memory.count * 4
        }
        return memory.slice(at: 0, count: count)
    }
}
