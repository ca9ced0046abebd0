/// Where the pulses and gaps of a group lie, at one speed, in frames from its beginning.
struct GroupTemplate {
    struct Pulse {
        var whole: Range<Int>
        /// Parts that each must be tonal, so that a pulse has no hole.
        var parts: [Range<Int>]
    }

    /// From one speed to the next.
    static let scaleStep = 0.04

    let scale: Double
    let length: Int
    private(set) var pulses: [Pulse] = []
    private(set) var gaps: [Range<Int>] = []
    /// Whether gaps are so short that a room fills them.
    let gapsAreShort: Bool

    /// The templates of all speeds that a cadence allows.
    static func all(of cadence: Cadence, frameSeconds: Double) -> [GroupTemplate] {
        let steps = Int((cadence.tolerance / scaleStep).rounded(.up))
        return (-steps...steps).map {
            GroupTemplate(cadence, scale: 1 + Double($0) * scaleStep, frameSeconds: frameSeconds)
        }
    }

    private init(_ cadence: Cadence, scale: Double, frameSeconds: Double) {
        self.scale = scale
        let (on, off) = (
            cadence.onSeconds * scale / frameSeconds, cadence.offSeconds * scale / frameSeconds
        )
        gapsAreShort = cadence.offSeconds < 0.3
        length = Int((cadence.groupSeconds * scale / frameSeconds).rounded())
        let margin = on > 12 ? 2 : 1
        for index in 0..<cadence.pulses {
            let start = Double(index) * (on + off)
            let (first, end) = (Int(start.rounded()), Int((start + on).rounded()))
            let inner = first + margin..<max(first + margin + 1, end - margin)
            pulses.append(Pulse(whole: inner, parts: Self.parts(of: inner, around: 5)))
            guard index + 1 < cadence.pulses else { break }
            let next = Int((start + on + off).rounded())
            // A room needs time to fade out.
            let faded = end + max(1, (next - end) * 2 / 5)
            gaps.append(faded..<max(faded + 1, next - 1))
        }
    }

    /// Divides frames into equal parts of about so many.
    static func parts(of frames: Range<Int>, around length: Int) -> [Range<Int>] {
        let count = max(1, frames.count / length)
        return (0..<count).map { part in
            let lower = frames.lowerBound + frames.count * part / count
            return lower..<frames.lowerBound + frames.count * (part + 1) / count
        }
    }
}

extension Range<Int> {
    func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}
