extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// The number as it would stand in a settings file: without decimals if it is whole.
    package var settingText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
