import LogMelFeatures

/// From band powers to the network's input, as the front end does it live.
struct FeatureScale: Sendable {
    let frontEnd: FrontEnd
    /// Frames before a patch that its compression remembers; 0 but for PCEN.
    let leadFrames: Int
    private let normalizer: PatchNormalizer

    /// - Throws: What is wrong with the front end.
    init(_ frontEnd: FrontEnd) throws(TrainingError) {
        self.frontEnd = frontEnd
        do {
            normalizer = try PatchNormalizer(frontEnd)
        } catch {
            throw .unsupportedFrontEnd(reason: "\(error)")
        }
        if case .pcen(let settings) = frontEnd.compression {
            let framesPerSecond = Float(frontEnd.sampleRateHz) / Float(frontEnd.hopLength)
            leadFrames = Int((5 * settings.timeConstantSeconds * framesPerSecond).rounded(.up))
        } else {
            leadFrames = 0
        }
    }

    /// Compresses and normalises a recording's powers [frames, bands] from its beginning.
    func compress(_ power: inout [Float]) {
        compress(&power, with: frontEnd)
    }

    /// Makes the network's input of a patch of powers [lead + frames, bands] out of a stream that
    /// has been running, which it overwrites.
    func prepare(_ patch: inout [Float], into input: inout MutableSpan<Float>) {
        var running = frontEnd
        if case .pcen(var settings) = frontEnd.compression {
            settings.start = .firstFrame
            running.compression = .pcen(settings)
        }
        compress(&patch, with: running)
        if leadFrames > 0 { patch.removeFirst(leadFrames * frontEnd.bandCount) }
        layOut(patch, into: &input)
    }

    /// Makes the network's input of a patch [frames, bands] that is compressed already.
    func layOut(_ patch: [Float], into input: inout MutableSpan<Float>) {
        normalizer.prepare(patch.span, into: &input)
    }

    private func compress(_ power: inout [Float], with frontEnd: FrontEnd) {
        if frontEnd.spectrum == .magnitude {
            for index in power.indices { power[index] = power[index].squareRoot() }
        }
        let scale = FrameScale(frontEnd)
        var frames = power.mutableSpan
        scale.apply(to: &frames)
    }
}
