internal import CALSA
internal import CLinuxSupport
internal import Glibc

/// A private ALSA configuration, instead of the system's `alsa.conf`.
///
/// The system's is read once per process, from `ALSA_CONFIG_PATH`; this one belongs to the caller
/// that opens a device with it.
@safe package final class ALSAConfiguration: @unchecked Sendable {
    // The tree is only read after init; alsa-lib copies what a PCM keeps of it.
    let tree: OpaquePointer

    /// Parses a configuration in the language of `asound.conf`.
    ///
    /// - Throws: `.invalidConfiguration`.
    package init(text: String) throws(CaptureError) {
        alsa_silence_messages()
        var top: OpaquePointer?
        var code = unsafe snd_config_top(&top)
        guard code >= 0, let tree = unsafe top else {
            throw .invalidConfiguration(errno: -code)
        }
        var input: OpaquePointer?
        code = unsafe text.withCString { characters in
            unsafe snd_input_buffer_open(&input, characters, strlen(characters))
        }
        if code >= 0 {
            code = unsafe snd_config_load(tree, input)
            unsafe snd_input_close(input)
        }
        guard code >= 0 else {
            unsafe snd_config_delete(tree)
            throw .invalidConfiguration(errno: -code)
        }
        unsafe self.tree = tree
    }

    deinit {
        unsafe snd_config_delete(tree)
    }
}

/// How many channels the source behind an ALSA PCM has, where the PCM itself converts any number.
///
/// A sound server and ALSA's own converters offer every number of channels and mix. What is behind
/// them is in the ALSA configuration, and is asked there.
enum SourceChannels {
    /// Definitions that lead to themselves must not be followed for ever.
    private static let mostSteps = 8

    /// The numbers of channels of the source.
    ///
    /// Opens the source's control or its hardware for a moment.
    ///
    /// - Parameters:
    ///   - device: The name of an ALSA PCM.
    ///   - configuration: In place of the system's, or nil.
    /// - Returns: Nil where the PCM is the hardware itself, or nothing is known.
    static func behind(
        _ device: String,
        _ configuration: ALSAConfiguration?
    ) -> ClosedRange<Int>? {
        alsa_silence_messages()
        var system: OpaquePointer?
        defer { unsafe snd_config_unref(system) }
        if configuration == nil {
            guard unsafe snd_config_update_ref(&system) >= 0 else { return nil }
        }
        guard let tree = unsafe configuration?.tree ?? system else { return nil }
        return unsafe channels(of: device, in: tree, configuration, steps: 0)
    }

    private static func channels(
        of name: String,
        in tree: OpaquePointer,
        _ configuration: ALSAConfiguration?,
        steps: Int
    ) -> ClosedRange<Int>? {
        var definition: OpaquePointer?
        guard steps < mostSteps,
            unsafe snd_config_search_definition(tree, "pcm", name, &definition) >= 0,
            let definition = unsafe definition
        else { return nil }
        defer { unsafe snd_config_delete(definition) }
        return unsafe channels(ofNode: definition, in: tree, configuration, steps: steps)
    }

    private static func channels(
        ofNode node: OpaquePointer,
        in tree: OpaquePointer,
        _ configuration: ALSAConfiguration?,
        steps: Int
    ) -> ClosedRange<Int>? {
        guard steps < mostSteps, let type = unsafe text("type", of: node) else { return nil }
        switch type {
        case "pulse":
            return unsafe channelsOfServer(
                text("server", of: node),
                source: text("device", of: node)
            )
        case "hw":
            // The hardware itself offers only what it has.
            guard steps > 0, let card = unsafe text("card", of: node) else { return nil }
            let name = unsafe "hw:\(card),\(text("device", of: node) ?? "0")"
            return try? DeviceCapabilities(of: name, configuration: configuration).channels
        case "plug", "rate", "linear", "softvol", "hooks", "asym", "copy", "meter":
            guard let slave = unsafe child(type == "asym" ? "capture" : "slave", of: node) else {
                return nil
            }
            return unsafe channels(ofSlave: slave, in: tree, configuration, steps: steps + 1)
        default:
            return nil
        }
    }

    /// A slave is the name of one, the name of a PCM, or has either in it.
    private static func channels(
        ofSlave slave: OpaquePointer,
        in tree: OpaquePointer,
        _ configuration: ALSAConfiguration?,
        steps: Int
    ) -> ClosedRange<Int>? {
        if let name = unsafe value(of: slave) {
            return unsafe channels(of: name, in: tree, configuration, steps: steps)
        }
        guard let pcm = unsafe child("pcm", of: slave) else {
            return unsafe channels(ofNode: slave, in: tree, configuration, steps: steps)
        }
        return unsafe channels(ofSlave: pcm, in: tree, configuration, steps: steps + 1)
    }

    /// The channels of a PulseAudio source, which its volume control tells.
    private static func channelsOfServer(
        _ server: String?,
        source: String?
    ) -> ClosedRange<Int>? {
        let keys = [("server", server), ("device", source)].compactMap { key, value in
            value.map { (key, $0) }
        }
        let isPlain = keys.allSatisfy { !$0.1.contains { "\"\\\n".contains($0) } }
        guard isPlain,
            let control = try? ALSAConfiguration(
                text: "ctl.source { type pulse "
                    + keys.map { "\($0) \"\($1)\" " }.joined() + "}"
            )
        else { return nil }
        var opened: OpaquePointer?
        guard unsafe snd_ctl_open_lconf(&opened, "source", 0, control.tree) >= 0,
            let handle = unsafe opened
        else { return nil }
        defer { unsafe snd_ctl_close(handle) }
        var info: OpaquePointer?
        guard unsafe snd_ctl_elem_info_malloc(&info) >= 0 else { return nil }
        defer { unsafe snd_ctl_elem_info_free(info) }
        unsafe snd_ctl_elem_info_set_interface(info, SND_CTL_ELEM_IFACE_MIXER)
        unsafe snd_ctl_elem_info_set_name(info, "Capture Volume")
        guard unsafe snd_ctl_elem_info(handle, info) >= 0 else { return nil }
        let count = unsafe Int(snd_ctl_elem_info_get_count(info))
        return count > 0 ? count...count : nil
    }

    private static func child(_ key: String, of node: OpaquePointer) -> OpaquePointer? {
        var found: OpaquePointer?
        return unsafe snd_config_search(node, key, &found) >= 0 ? found : nil
    }

    private static func text(_ key: String, of node: OpaquePointer) -> String? {
        unsafe child(key, of: node).flatMap { unsafe value(of: $0) }
    }

    /// The value of a node that is not a compound.
    private static func value(of node: OpaquePointer) -> String? {
        guard unsafe snd_config_get_type(node) != SND_CONFIG_TYPE_COMPOUND else { return nil }
        var characters: UnsafeMutablePointer<CChar>?
        guard unsafe snd_config_get_ascii(node, &characters) >= 0,
            let characters = unsafe characters
        else { return nil }
        defer { unsafe free(characters) }
        return unsafe String(cString: characters)
    }
}
