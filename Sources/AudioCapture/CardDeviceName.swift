/// An ALSA name that means a device of a card: `hw:1,0`, `plughw:CARD=Mic,DEV=0`, `dsnoop:Mic`.
struct CardDeviceName: Sendable, Equatable {
    /// What comes before the colon.
    let kind: String
    /// The card's number or id.
    let card: String
    /// What comes after the card: the device and subdevice, comma first; may be empty.
    let rest: String

    /// Takes a name apart; nil for one that means no card, such as `default` or `pulse`.
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
