extension Compression {
    /// Names of the kinds in descriptions.
    package enum Kind: String, CaseIterable, Sendable {
        case none
        case logOffset = "ln_offset"
        case logFloor = "ln_floor"
        case log10
        case decibel
        case cubeRoot = "cube_root"
        case pcen
    }

    /// Which kind it is, without its numbers.
    package var kind: Kind {
        switch self {
        case .none: .none
        case .logOffset: .logOffset
        case .logFloor: .logFloor
        case .log10: .log10
        case .decibel: .decibel
        case .cubeRoot: .cubeRoot
        case .pcen: .pcen
        }
    }
}
