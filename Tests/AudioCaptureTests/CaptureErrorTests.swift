import Foundation
import Glibc
import Testing

@testable import AudioCapture

@Suite
struct CaptureErrorTests {
    private static let messages: [(CaptureError, String)] = [
        (
            .cannotStart(program: "ffmpeg", errno: ENOENT),
            """
            There is no program 'ffmpeg'. Install it, or give its whole path in 'command'.
            """
        ),
        (
            .cannotStart(program: "/opt/camera", errno: EACCES),
            """
            Cannot start the program '/opt/camera': Permission denied. Check that this user may run it.
            """
        ),
        (
            .programEnded(
                program: "ffmpeg",
                ProgramFate(
                    end: .exited(code: 1),
                    hadSound: false,
                    oddBytes: 0,
                    bytesPerFrame: 2,
                    lastLine: "Connection refused"
                )
            ),
            """
            The program 'ffmpeg' ended with exit code 1 and wrote no sound: Connection refused. \
            Correct 'command', or what it listens to.
            """
        ),
        (
            .programEnded(
                program: "ssh",
                ProgramFate(
                    end: .exited(code: 255),
                    hadSound: false,
                    oddBytes: 0,
                    bytesPerFrame: 2,
                    lastLine: "Host key verification failed."
                )
            ),
            """
            The program 'ssh' ended with exit code 255 and wrote no sound: Host key verification \
            failed. Correct 'command', or what it listens to.
            """
        ),
        (
            .programEnded(
                program: "ffmpeg",
                ProgramFate(
                    end: .killed(signal: 9),
                    hadSound: true,
                    oddBytes: 3,
                    bytesPerFrame: 4,
                    lastLine: ""
                )
            ),
            """
            The program 'ffmpeg' was ended by signal 9 within a frame: it wrote 3 of 4 bytes. Check \
            that 'format' and 'channels' are what it writes.
            """
        ),
        (
            .programStalls(program: "ffmpeg", seconds: 20, lastLine: ""),
            """
            The program 'ffmpeg' has written no sound for 20 s. Check that what it listens to is on, \
            and that it writes to standard output.
            """
        ),
        (
            .noSuchDevice(device: "hw:9"),
            """
            No capture device named 'hw:9'. Run 'earwitness devices' to list them.
            """
        ),
        (
            .deviceBusy(device: "hw:0"),
            """
            Capture device 'hw:0' is in use by another program. Stop that program \
            ('fuser -v /dev/snd/*' names it), or choose a device that can be shared, such as 'default'.
            """
        ),
        (
            .permissionDenied(device: "hw:0"),
            """
            Not permitted to open capture device 'hw:0'. Add this user to the group 'audio' \
            and log in again.
            """
        ),
        (
            .noSuchChannel(device: "hw:0", channel: 3, available: 2),
            """
            Capture device 'hw:0' has no channel 3. Choose a channel from 1 to 2, or 'mix'.
            """
        ),
        (
            .noSuchChannel(device: "hw:0", channel: 2, available: 1),
            """
            Capture device 'hw:0' has no channel 2; it has one channel. Remove 'channel', or set it to 1.
            """
        ),
        (
            .cannotConfigure(device: "hw:0", step: "sample rate", errno: EINVAL),
            """
            Capture device 'hw:0' rejects the sample rate: Invalid argument. Use 'plughw:' \
            instead of 'hw:', or remove sample_rate and channels.
            """
        ),
        (
            .vanished(device: "hw:0", errno: ENODEV),
            """
            Capture device 'hw:0' is gone (No such device). Plug it in again, or start its \
            sound server. Earwitness retries at least every 30 s.
            """
        ),
    ]

    @Test(arguments: messages)
    func theMessageSaysWhatWithWhichValueAndWhatNext(error: CaptureError, message: String) {
        #expect(error.description == message)
    }

    private static let refusals: [(Int32, CaptureError)] = [
        (ENODEV, .noSuchDevice(device: "mic")),
        (ENOENT, .noSuchDevice(device: "mic")),
        (EBUSY, .deviceBusy(device: "mic")),
        (EACCES, .permissionDenied(device: "mic")),
        (ECONNREFUSED, .soundServerUnreachable(device: "mic")),
        (ENOMEM, .cannotOpen(device: "mic", errno: ENOMEM)),
    ]

    @Test(arguments: refusals)
    func aDeviceThatRefusesToOpenSaysWhy(code: Int32, expected: CaptureError) throws {
        let world = try MicrophoneWorld.counting()
        try world.set(.openErrno, Int64(code))
        #expect(throws: expected) {
            try MicrophoneCapture.probe(
                CaptureSettings(device: "mic"),
                configuration: world.configuration
            )
        }
    }

    @Test func aNameThatNothingDefinesIsNoSuchDevice() throws {
        let world = try MicrophoneWorld.counting()
        #expect(throws: CaptureError.noSuchDevice(device: "hw:9")) {
            try MicrophoneCapture.probe(
                CaptureSettings(device: "hw:9"),
                configuration: world.configuration
            )
        }
    }

    @Test func aNameThatTheSystemDoesNotKnowIsNoSuchDevice() {
        #expect(throws: CaptureError.noSuchDevice(device: "no-such-pcm")) {
            try MicrophoneCapture.probe(CaptureSettings(device: "no-such-pcm"))
        }
    }

    @Test func aChannelThatTheDeviceDoesNotHaveIsRefused() throws {
        let world = try MicrophoneWorld(content: Data(count: 8_192), channels: 2)
        let refusal = CaptureError.noSuchChannel(device: "mic", channel: 3, available: 2)
        #expect(throws: refusal) {
            try MicrophoneCapture.probe(
                CaptureSettings(device: "mic", channel: .only(3)),
                configuration: world.configuration
            )
        }
    }

    @Test func aFormatThatIsNotLinearIsRefused() throws {
        let world = try MicrophoneWorld(content: Data(count: 8_192), format: "MU_LAW")
        #expect(throws: CaptureError.noUsableFormat(device: "mic")) {
            try MicrophoneCapture.probe(
                CaptureSettings(device: "mic"),
                configuration: world.configuration
            )
        }
    }

    @Test func aBrokenConfigurationIsRefused() {
        #expect(throws: CaptureError.self) {
            try ALSAConfiguration(text: "pcm.x { type")
        }
    }

    private static let badSettings: [(CaptureSettings, String)] = [
        (
            CaptureSettings(device: ""),
            "device is ''; allowed: an ALSA device name of 1 to 256 bytes"
        ),
        (CaptureSettings(requestedRateHz: 100), "sample_rate is 100; allowed: 4000 to 768000"),
        (CaptureSettings(channels: 0), "channels is 0; allowed: 1 to 64"),
        (CaptureSettings(channel: .only(0)), "channel is 0; allowed: mix, or 1 to 64"),
        (CaptureSettings(gainDB: 99), "gain_db is 99.0; allowed: -60 to 60"),
    ]

    @Test(arguments: badSettings)
    func aSettingOutOfRangeIsNamed(settings: CaptureSettings, message: String) {
        let error = #expect(throws: CaptureError.self) { try settings.validate() }
        #expect(error?.description == message + ". Correct the configuration.")
    }
}
