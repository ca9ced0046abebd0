internal import Foundation

/// The sound cards that the kernel knows, from sysfs.
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
