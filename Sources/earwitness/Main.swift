import Commands

/// The program: its commands are in the library of that name, where tests reach them.
@main
enum Main {
    static func main() async { await Earwitness.main() }
}
