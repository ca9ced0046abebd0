/// Texts with addresses in them, fit to be shown.
package enum AddressText {
    /// The text with user names and passwords in addresses replaced: `rtsp://***@camera/1`.
    package static func withoutCredentials(_ text: String) -> String {
        text.replacing(/:\/\/[^\/\s]*@/, with: "://***@")
    }
}
