/// What tells one sound card from another, as the kernel describes it.
struct CardIdentity: Sendable, Equatable {
    /// The kernel's number; changes when cards are plugged in another order.
    var number: Int
    /// The card's id, such as `Mic`; two cards of one make get `Mic` and `Mic_1` by order.
    var id: String
    /// Where it is plugged in, such as `1-2.4`; nil for a card that is not on USB.
    var usbPath: String?
    /// Vendor and product, such as `0d8c:0014`; nil for a card that is not on USB.
    var usbProduct: String?
    /// The serial number, if it has one.
    var usbSerial: String?

    /// How surely `other` is the same card, from 0 (it is not) to 3.
    ///
    /// A serial number goes with the card to another socket. Without one, the socket tells two
    /// cards of one make apart, and any card of the make is better than none. Cards that are not
    /// on USB stay where they are and keep their id.
    func likeness(to other: CardIdentity) -> Int {
        guard usbProduct == other.usbProduct else { return 0 }
        guard usbProduct != nil else { return id == other.id ? 1 : 0 }
        let hasSameSerial = usbSerial == other.usbSerial
        let hasSamePath = usbPath == other.usbPath
        switch (hasSameSerial, hasSamePath) {
        case (true, true): return 3
        // Some makers give all their devices one serial number: it alone is less than the two.
        case (true, false): return usbSerial == nil ? 1 : 2
        case (false, _): return 0
        }
    }
}
