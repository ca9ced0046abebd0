import CSndFile
import Foundation
import Testing

/// A folder that lasts as long as this value, with files made in it by libsndfile.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("audio-files-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes bytes to a file in the folder and returns its path.
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// Writes interleaved samples in one of libsndfile's formats and returns the file's path.
    func record(
        _ samples: [Double],
        as name: String,
        format: Int,
        rateHz: Int,
        channels: Int = 1
    ) throws -> String {
        var info = SF_INFO()
        info.samplerate = Int32(rateHz)
        info.channels = Int32(channels)
        info.format = Int32(format)
        let made = sf_open(file(name), Int32(SFM_WRITE), &info)
        let encoder = try #require(made, "libsndfile cannot write \(name)")
        sf_command(encoder, Int32(SFC_SET_CLIPPING), nil, 1)
        let written = sf_writef_double(encoder, samples, sf_count_t(samples.count / channels))
        #expect(Int(written) == samples.count / channels)
        #expect(sf_close(encoder) == 0)
        return file(name)
    }

    /// Keeps the first bytes of a file.
    func cut(_ path: String, toBytes count: Int) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
    }
}
