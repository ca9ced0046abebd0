import CCurl
package import Foundation
import Messages
import Platform
import Settings

/// An HTTP request of a rule, with its templates read.
struct Webhook: Sendable {
    private let settings: WebhookSettings
    private let url: String
    private let headers: [(name: String, value: NewsTemplate)]
    private let body: NewsTemplate?
    private let contentType: String

    /// Reads the templates.
    ///
    /// - Throws: The fault of the first that has one, with its key.
    init(_ settings: WebhookSettings) throws(TemplateFault) {
        self.settings = settings
        url = settings.url ?? ""
        let own = settings.headers.first { $0.key.lowercased() == "content-type" }
        var headers: [(name: String, value: NewsTemplate)] = []
        for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) {
            let key = "webhook.headers.\(name)"
            guard name.wholeMatch(of: /[A-Za-z0-9!#$%&'*+.^_`|~-]+/) != nil else {
                throw TemplateFault(key: key, found: "'\(name)', no name of a header")
            }
            headers.append((name, try NewsTemplate(value, form: .field, key: key)))
        }
        self.headers = headers
        let isJSON = settings.body.map(NewsTemplate.makesJSON) ?? true
        contentType = own?.value ?? (isJSON ? "application/json" : "text/plain; charset=utf-8")
        guard let text = settings.body else {
            body = nil
            return
        }
        let form: NewsTemplate.Form =
            contentType.contains("json")
            ? .json : contentType.contains("x-www-form-urlencoded") ? .form : .text
        body = try NewsTemplate(text, form: form, key: "webhook.body")
    }

    /// Makes the request and waits for the answer.
    ///
    /// - Parameters:
    ///   - notice: The news.
    ///   - key: By which the receiver can tell that it has the message already.
    ///   - clip: The clip that is sent in place of the body; nil: none.
    ///   - cancellation: Ends it early.
    /// - Returns: What came of it.
    func send(
        _ notice: Notice,
        key: String,
        clip: ClipFile?,
        cancellation: Cancellation
    ) -> DeliveryOutcome {
        let content: Data
        if let clip {
            content = clip.data
        } else {
            content = Data((body?.render(notice) ?? notice.json.text).utf8)
        }
        var lines = headers.map { "\($0.name): \($0.value.render(notice))" }
        if clip != nil {
            lines.removeAll { $0.lowercased().hasPrefix("content-type:") }
            lines.append("Content-Type: \(clip?.type ?? "")")
        } else if !lines.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
            lines.append("Content-Type: \(contentType)")
        }
        lines += ["User-Agent: Earwitness", "Expect:", "Idempotency-Key: \(key)"]
        if let path = settings.secretFile {
            do {
                let secret = try SecretFile.read(path)
                let code = SHA256Digest(of: Array(content), key: secret)
                lines.append("X-Earwitness-Signature: sha256=\(code)")
            } catch {
                return .failed(reason: error.description)
            }
        }
        return perform(lines, settings.method == .get ? nil : content, cancellation)
    }

    private func perform(
        _ lines: [String],
        _ content: Data?,
        _ cancellation: Cancellation
    ) -> DeliveryOutcome {
        var answer = ccurl_answer()
        let cLines = lines.map { strdup($0) }
        defer { cLines.forEach { free($0) } }
        let pointers = cLines.map { UnsafePointer($0) } + [nil]
        // Not empty, so that it has an address.
        let body = (content.map { [UInt8]($0) } ?? []) + [0]
        let isLoaded = body.withUnsafeBytes { bytes in
            pointers.withUnsafeBufferPointer { headers in
                guard let fields = headers.baseAddress else { return false }
                return withCStrings(url, settings.method.rawValue.uppercased()) { url, method in
                    var request = ccurl_request(
                        url: url,
                        method: method,
                        headers: fields,
                        body: content == nil ? nil : bytes.baseAddress,
                        body_length: bytes.count - 1,
                        timeout_ms: Int(settings.timeoutSeconds * 1_000),
                        allows_private: settings.allowsPrivate,
                        should_stop: { data in
                            guard let data else { return false }
                            return Unmanaged<Cancellation>.fromOpaque(data)
                                .takeUnretainedValue().isCancelled
                        },
                        stop_data: Unmanaged.passUnretained(cancellation).toOpaque()
                    )
                    return ccurl_perform(&request, &answer)
                }
            }
        }
        guard isLoaded else {
            return .failed(reason: "libcurl is not installed (Debian: apt install libcurl4)")
        }
        return Self.outcome(of: answer)
    }

    /// What an answer means; its status counts, even if the rest of it is missing.
    private static func outcome(of answer: ccurl_answer) -> DeliveryOutcome {
        let text = withUnsafeBytes(of: answer.text) { bytes in
            OneLine.text(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
        let said = "HTTP \(answer.status)" + (text.isEmpty ? "" : ": \(text)")
        switch answer.status {
        case 200...299: return .delivered(answer: said)
        case 300...399: return .refused(reason: "\(said) (redirects are not followed)")
        case 408, 425, 429, 500...: return .failed(reason: said)
        case 400...499: return .refused(reason: said)
        default: return .failed(reason: failure(of: answer))
        }
    }

    private static func failure(of answer: ccurl_answer) -> String {
        if answer.is_private {
            return "the address belongs to this machine or its networks; "
                + "'allow_private: true' allows it"
        }
        if answer.is_cancelled { return "ended with the service" }
        let words = withUnsafeBytes(of: answer.error) { bytes in
            OneLine.text(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
        guard answer.system_error == EPERM || answer.system_error == EACCES else { return words }
        return "\(words); the systemd unit allows only this machine: set IPAddressAllow in a "
            + "drop-in"
    }
}

private func withCStrings<Value>(
    _ first: String,
    _ second: String,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Value
) -> Value {
    first.withCString { first in second.withCString { body(first, $0) } }
}

/// A clip as it is sent.
package struct ClipFile: Sendable {
    /// The file's content.
    package var data: Data
    /// The type for a header, such as `audio/flac`.
    package var type: String

    /// Creates the value from its parts.
    package init(data: Data, type: String) {
        self.data = data
        self.type = type
    }
}

/// Secrets that settings name instead of holding them.
enum SecretFile {
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// The content of a file or, as `credential:NAME`, of a credential that systemd gives to the
    /// service, without the line break at its end.
    static func read(_ reference: String) throws(Unreadable) -> [UInt8] {
        var path = reference
        let prefix = "credential:"
        if reference.hasPrefix(prefix) {
            let name = reference.dropFirst(prefix.count)
            guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
                !name.contains("/"), name != ".."
            else {
                throw Unreadable(
                    description: "there is no credential '\(name)': "
                        + "add 'LoadCredential=' to the unit"
                )
            }
            path = "\(folder)/\(name)"
        }
        do {
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            while let last = bytes.last, [10, 13].contains(last) { bytes.removeLast() }
            guard !bytes.isEmpty else { throw CocoaError(.fileReadCorruptFile) }
            return bytes
        } catch {
            throw Unreadable(
                description: "the secret '\(reference)' cannot be read: "
                    + FileFailure.reason(error)
            )
        }
    }
}
