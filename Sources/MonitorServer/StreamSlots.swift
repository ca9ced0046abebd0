import HTTPTypes
import Synchronization

/// Counts the streams that are open, up to a limit.
final class StreamSlots: Sendable {
    private let taken = Atomic<Int>(0)
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Reserves a slot, or says that there is none.
    ///
    /// - Throws: `APIError` if all are taken.
    func require() throws(APIError) -> Slot {
        guard let slot = reserve() else {
            throw APIError(
                .serviceUnavailable,
                "too_many_streams",
                "Too many streams (\(limit)). Close one first."
            )
        }
        return slot
    }

    /// Reserves a slot, which is free again when it is released; nil if all are taken.
    func reserve() -> Slot? {
        guard taken.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            taken.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        return Slot(slots: self)
    }

    /// One stream's place; it is given back when the last reference goes.
    final class Slot: Sendable {
        private let slots: StreamSlots

        fileprivate init(slots: StreamSlots) {
            self.slots = slots
        }

        deinit {
            slots.taken.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}
