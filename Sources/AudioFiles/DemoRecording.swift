internal import CDemoRecording

/// The recording that `--source demo` plays: a minute of real sounds in a room, 16 kHz, mono.
///
/// It is part of the program. `Sources/System/CDemoRecording/ATTRIBUTION.md` says what is in it.
package enum DemoRecording {
    /// Opens it at its beginning.
    package static func open() throws(RecordingError) -> RecordingReader {
        let bytes = unsafe UnsafeRawBufferPointer(
            start: demo_recording_bytes(),
            count: demo_recording_size()
        )
        return try RecordingReader(unsafe RecordingFile(bytes), path: "demo.flac")
    }
}
