import Testing

@testable import LogMelFeatures

/// Frames cut from a stream, against frames cut from the whole padded recording.
@Suite struct SampleFramerTests {
    /// Plain-loop twin: every sample of every frame looked up by its position.
    private func framesReference(_ samples: [Float], _ frontEnd: FrontEnd) -> [[Float]] {
        (0..<frontEnd.frameCount(forSamples: samples.count)).map { frame in
            let first = frontEnd.firstSample(ofFrame: frame)
            return (first..<first + frontEnd.frameLength).map { position in
                if samples.indices.contains(position) { return samples[position] }
                return frontEnd.padding.index(at: position, count: samples.count)
                    .map { samples[$0] } ?? 0
            }
        }
    }

    private func frames(_ samples: [Float], _ frontEnd: FrontEnd, chunk: Int) -> [[Float]] {
        let framer = SampleFramer(frontEnd)
        var frames: [[Float]] = []
        var promised = 0
        let keep = { (frame: UnsafePointer<Float>) in
            frames.append(
                Array(UnsafeBufferPointer(start: frame, count: frontEnd.frameLength))
            )
        }
        var position = 0
        while position < samples.count {
            let part = samples[position..<min(samples.count, position + chunk)]
            promised += framer.frameCount(adding: part.count)
            part.withUnsafeBufferPointer { framer.advance($0, keep) }
            #expect(frames.count == promised)
            position += chunk
        }
        promised += framer.frameCountAtEnd()
        framer.finish(keep)
        #expect(frames.count == promised)
        return frames
    }

    @Test(arguments: Framing.allCases, EdgePadding.allCases)
    func chunksGiveTheFramesOfTheWholeRecording(_ framing: Framing, _ padding: EdgePadding) {
        var frontEnd = FrontEnd()
        frontEnd.framing = framing
        frontEnd.padding = padding
        for (window, fft, hop) in [(8, 16, 5), (16, 16, 16), (7, 8, 3), (4, 8, 13), (10, 12, 1)] {
            frontEnd.windowLength = window
            frontEnd.fftLength = fft
            frontEnd.hopLength = hop
            for placement in WindowPlacement.allCases {
                frontEnd.windowPlacement = placement
                for count in Array(0...20) + [37, 64, 100] {
                    let samples = (0..<count).map { Float($0 + 1) }
                    let expected = framesReference(samples, frontEnd)
                    for chunk in [1, 2, 5, 16, 40, 1_000] {
                        #expect(
                            frames(samples, frontEnd, chunk: chunk) == expected,
                            "\(window)/\(fft)/\(hop) \(placement), \(count) by \(chunk)"
                        )
                    }
                }
            }
        }
    }

    @Test func framesInsideAreNumberedAsTheFormulaSays() {
        let frontEnd = FrontEnd()
        #expect(frontEnd.frameCount(forSamples: 399) == 0)
        #expect(frontEnd.frameCount(forSamples: 400) == 1)
        #expect(frontEnd.frameCount(forSamples: 559) == 1)
        #expect(frontEnd.frameCount(forSamples: 560) == 2)
        #expect(frontEnd.firstSample(ofFrame: 3) == 480)
    }

    @Test func centredFramesAreNumberedAsLibrosaDoes() {
        let frontEnd = Preset.librosa.frontEnd
        #expect(frontEnd.frameCount(forSamples: 22_050) == 44)
        #expect(frontEnd.firstSample(ofFrame: 0) == -1_024)
    }

    @Test(arguments: [
        (EdgePadding.reflect, "4 3 2 1 2 3 4 3 2 1"), (.symmetric, "3 2 1 1 2 3 4 4 3 2"),
        (.edge, "1 1 1 1 2 3 4 4 4 4"), (.zeros, "0 0 0 1 2 3 4 0 0 0"),
    ])
    func paddingIsAsNumPyPads(_ padding: EdgePadding, expected: String) {
        let padded = (-3..<7).map { position in
            (0..<4).contains(position)
                ? position + 1 : (padding.index(at: position, count: 4).map { $0 + 1 } ?? 0)
        }
        #expect(padded.map(String.init).joined(separator: " ") == expected)
    }
}
