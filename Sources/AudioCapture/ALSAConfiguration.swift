internal import CALSA
internal import CLinuxSupport
internal import Glibc

/// An ALSA configuration of one's own, in place of the system's `alsa.conf`.
///
/// The system's is read once per process, from `ALSA_CONFIG_PATH`; this one belongs to whoever
/// opens a device with it.
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
