import CFFTW
import LogMelFeatures

/// Times log-mel features and the bare Fourier transforms of the same frames, one thread.
///
/// Prints one line a measurement: name, tab, seconds of the fastest round. Rounds of different
/// measurements alternate, so that a busy machine slows them alike. Names given as arguments
/// choose among the measurements.
@main enum FeaturesBenchmark {
    static let rounds = 7

    static func main() throws {
        let samples = noise(count: 600 * 16_000)
        let chosen = CommandLine.arguments.dropFirst()
        let all = try [
            ("fftw_measure", bareTransforms(of: samples, flags: UInt32(FFTW_MEASURE))),
            ("fftw_estimate", bareTransforms(of: samples, flags: UInt32(FFTW_ESTIMATE))),
            ("power", features(of: samples) { $0.representation = .stft }),
            ("mel", features(of: samples) { _ in }),
            ("log_mel", features(of: samples) { $0.compression = .logOffset(1e-6) }),
            (
                "log_mel_in_100_ms_chunks",
                features(of: samples, chunkLength: 1_600) { $0.compression = .logOffset(1e-6) }
            ),
        ]
        let measurements = all.filter { chosen.isEmpty || chosen.contains($0.0) }
        var fastest = Array(repeating: Duration.seconds(1_000), count: measurements.count)
        for _ in 0..<rounds {
            for (index, measurement) in measurements.enumerated() {
                fastest[index] = min(fastest[index], ContinuousClock().measure(measurement.1))
            }
        }
        for (measurement, duration) in zip(measurements, fastest) {
            print("\(measurement.0)\t\(duration / .seconds(1))")
        }
    }

    /// White noise of a fixed seed.
    static func noise(count: Int) -> [Float] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / 8_388_608 - 1
        }
    }

    /// Front end of the comparison: 512-point transforms of 25 ms every 10 ms, 64 bands.
    static func features(
        of samples: [Float],
        chunkLength: Int = .max,
        _ change: (inout FrontEnd) -> Void
    ) throws -> () -> Void {
        var frontEnd = FrontEnd()
        change(&frontEnd)
        let extractor = try FeatureExtractor(frontEnd)
        var features: [Float] = []
        features.reserveCapacity(
            frontEnd.frameCount(forSamples: samples.count) * frontEnd.bandCount
        )
        return {
            features.removeAll(keepingCapacity: true)
            let span = samples.span
            var position = 0
            while position < span.count {
                let end = position + min(chunkLength, span.count - position)
                extractor.process(span.extracting(position..<end), appendingTo: &features)
                position = end
            }
            extractor.finish(appendingTo: &features)
        }
    }

    /// Transforms of 512 samples every 160, neither windowed nor used.
    static func bareTransforms(of samples: [Float], flags: UInt32) -> () -> Void {
        guard let input = fftwf_alloc_real(samples.count + 512),
            let output = fftwf_alloc_complex(257),
            let plan = fftwf_plan_dft_r2c_1d(
                512,
                input,
                output,
                flags | UInt32(FFTW_PRESERVE_INPUT)
            )
        else { preconditionFailure("FFTW gave no memory or plan") }
        for (index, sample) in samples.enumerated() { input[index] = sample }
        // A hop of 160 floats keeps FFTW's alignment, so that one plan serves every frame.
        return {
            for start in stride(from: 0, through: samples.count - 400, by: 160) {
                fftwf_execute_dft_r2c(plan, input + start, output)
            }
        }
    }
}
