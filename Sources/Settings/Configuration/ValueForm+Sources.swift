extension ValueForm where Value == SourceInput {
    /// An ALSA PCM name, `file:PATH` or `demo`.
    static var sourceInput: ValueForm {
        ValueForm(
            allowed: "an ALSA PCM name (default, plughw:CARD=Mic), file:PATH or demo",
            read: { node in node.text.flatMap(SourceInput.init(specification:)) },
            write: { $0.description }
        )
    }
}

extension ValueForm where Value == [String] {
    /// A list of models, or one of them by itself.
    static var modelNames: ValueForm {
        let name = ValueForm<String>.text("a model's name or the path of its folder")
        return ValueForm(
            allowed: "a list of models by name or path, such as [household-1, birds]",
            read: { node in
                guard case .sequence(let nodes) = node.content else {
                    return name.read(node).map { [$0] }
                }
                let names = nodes.compactMap(name.read)
                return names.count == nodes.count ? names : nil
            },
            write: { "[\($0.joined(separator: ", "))]" }
        )
    }
}

extension ValueForm where Value == ChannelSelection {
    /// `mix` or the number of a channel.
    static var channel: ValueForm {
        ValueForm(
            allowed: "mix, or a channel's number from 1 to 64",
            read: { node in
                guard let text = node.plainText else { return nil }
                if text == "mix" { return .mix }
                guard let number = Int(text), (1...64).contains(number) else { return nil }
                return .only(number: number)
            },
            write: { selection in
                switch selection {
                case .mix: "mix"
                case .only(let number): String(number)
                }
            },
            advice: ValueForm<Int>.wholeNumber(in: 1...64).advice
        )
    }
}

extension ValueForm where Value == SoundCalibration {
    /// The sound pressure level of 0 dBFS, or a calibrator's and what it gave.
    static var calibration: ValueForm {
        let fullScale = SoundCalibration.fullScaleRangeDB
        return ValueForm(
            allowed: "the sound pressure level of 0 dBFS from "
                + "\(fullScale.lowerBound.settingText) to \(fullScale.upperBound.settingText) dB "
                + "such as 125.2, or a calibrator's and the level it gave such as "
                + "94 dB at -31.2 dBFS",
            read: { node in node.text.flatMap(SoundCalibration.init) },
            write: { $0.description }
        )
    }
}

extension ValueForm where Value == ListenAddress {
    /// `HOST:PORT`.
    static var listenAddress: ValueForm {
        ValueForm(
            allowed: "an address and port such as 127.0.0.1:8137 or [::1]:8137",
            read: { node in node.text.flatMap(ListenAddress.init) },
            write: { $0.description },
            advice: { node in
                guard let text = node.text, UInt16(text) != nil else { return "" }
                return "for this machine alone: 127.0.0.1:\(text)"
            }
        )
    }
}

extension ValueForm where Value == UInt32 {
    /// The permissions of a file, in octal digits.
    static var fileMode: ValueForm {
        ValueForm(
            allowed: "three or four octal digits such as 0660",
            read: { node in
                guard let text = node.text, (3...4).contains(text.count),
                    text.count == 3 || text.hasPrefix("0")
                else { return nil }
                return UInt32(text, radix: 8)
            },
            write: { mode in
                let digits = String(mode, radix: 8)
                return String(repeating: "0", count: 4 - digits.count) + digits
            }
        )
    }
}
