/// Why an operator declines a node; the importer adds which node it was.
struct Refusal: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
