import CSndFile
import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
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
