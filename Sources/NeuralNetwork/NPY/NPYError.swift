/// Why a file is not an array that can be read.
package enum NPYError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or cannot be read.
    case unreadable(path: String, reason: String)
    /// The bytes do not begin as an `.npy` file does.
    case notAnArray
    /// The header cannot be understood.
    case malformedHeader(String)
    /// The numbers are of a type that is not read here.
    case unsupportedType(String)
    /// The numbers are stored column by column.
    case columnMajor
    /// The file has fewer or more numbers than its header says.
    case wrongLength(expectedBytes: Int, foundBytes: Int)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "Cannot read the array '\(path)': \(reason). Check the path and its permissions."
        case .notAnArray:
            "This is not an .npy file: it does not begin with the NumPy signature."
        case .malformedHeader(let header):
            "The .npy header '\(header)' is malformed. Save the array again with numpy.save."
        case .unsupportedType(let type):
            "Arrays of type '\(type)' are not supported; "
                + "use float32, float64, int64, int32, uint8 or bool, little-endian."
        case .columnMajor:
            "The array is stored in Fortran order; save numpy.ascontiguousarray of it."
        case .wrongLength(let expectedBytes, let foundBytes):
            "The array's header announces \(expectedBytes) bytes of numbers; the file has "
                + "\(foundBytes)."
        }
    }
}
