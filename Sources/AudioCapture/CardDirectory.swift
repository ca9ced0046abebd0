internal import Foundation

/// The kernel's sound cards, from sysfs.
struct CardDirectory: Sendable {
    /// `/sys/class/sound`, or a test's copy.
    var root = "/sys/class/sound"

    /// All cards, by number; empty where there is no sysfs.
    func cards() -> [CardIdentity] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return entries.compactMap { entry in
            guard entry.hasPrefix("card"), let number = Int(entry.dropFirst("card".count)) else {
                return nil
            }
            return card(number)
        }.sorted { $0.number < $1.number }
    }

    /// The card that an ALSA name means by its number or id; nil if there is none.
    func card(named name: CardDeviceName) -> CardIdentity? {
        cards().first { $0.id == name.card || String($0.number) == name.card }
    }

    /// The card that is now what `identity` was; nil while it is not plugged in.
    func card(like identity: CardIdentity) -> CardIdentity? {
        cards().map { (card: $0, likeness: identity.likeness(to: $0)) }
            .filter { $0.likeness > 0 }
            .max { $0.likeness < $1.likeness }?.card
    }

    private func card(_ number: Int) -> CardIdentity? {
        let folder = "\(root)/card\(number)"
        guard let id = text("\(folder)/id") else { return nil }
        var identity = CardIdentity(number: number, id: id)
        // `device` is the USB interface; the device itself is the folder around it.
        let interface = URL(fileURLWithPath: "\(folder)/device").resolvingSymlinksInPath()
        let usbDevice = interface.deletingLastPathComponent()
        if let vendor = text("\(usbDevice.path)/idVendor"),
            let product = text("\(usbDevice.path)/idProduct")
        {
            identity.usbProduct = "\(vendor):\(product)"
            identity.usbPath = usbDevice.lastPathComponent
            identity.usbSerial = text("\(usbDevice.path)/serial")
        }
        return identity
    }

    private func text(_ path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }
}

/// The identity of a sound card, as the kernel describes it.
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
        // Some makers give all devices the same serial number, so it is compared together with the
        // socket.
        case (true, false): return usbSerial == nil ? 1 : 2
        case (false, _): return 0
        }
    }
}

/// An ALSA name that means a device of a card: `hw:1,0`, `plughw:CARD=Mic,DEV=0`, `dsnoop:Mic`.
struct CardDeviceName: Sendable, Equatable {
    /// What comes before the colon.
    let kind: String
    /// The card's number or id.
    let card: String
    /// What comes after the card: the device and subdevice, comma first; may be empty.
    let rest: String

    /// Parses a name; nil for one without a card, such as `default` or `pulse`.
    init?(_ name: String) {
        guard let colon = name.firstIndex(of: ":") else { return nil }
        kind = String(name[..<colon])
        guard ["hw", "plughw", "dsnoop", "sysdefault", "front"].contains(kind) else { return nil }
        let arguments = name[name.index(after: colon)...]
        let comma = arguments.firstIndex(of: ",") ?? arguments.endIndex
        let first = arguments[..<comma]
        card = String(first.hasPrefix("CARD=") ? first.dropFirst("CARD=".count) : first)
        rest = String(arguments[comma...])
        guard !card.isEmpty else { return nil }
    }

    /// The same device of another card.
    func onCard(_ id: String) -> String {
        let named = rest.isEmpty || rest.hasPrefix(",DEV=")
        return named ? "\(kind):CARD=\(id)\(rest)" : "\(kind):\(id)\(rest)"
    }
}
