/// The exit codes of `sysexits.h` that findings have.
enum SystemExit {
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let inputOutput: Int32 = 74
    static let notPermitted: Int32 = 77
    static let configuration: Int32 = 78
}
