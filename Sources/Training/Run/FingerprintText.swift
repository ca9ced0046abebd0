import ModelLibrary

/// Digests of texts.
enum FingerprintText {
    static func digest(_ text: String) -> String {
        SHA256Digest(of: Array(text.utf8)).description
    }
}
