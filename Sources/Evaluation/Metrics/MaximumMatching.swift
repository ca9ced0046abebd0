/// Pairs as many of two groups as possible, each member at most once (Hopcroft and Karp 1973).
///
/// Which of several largest pairings results matters to the count of substitutions. It is the one
/// that sed_eval finds, because members are visited in the same order: the detected in the order
/// of the first reference that they fit, and free references searched backwards through layers
/// of alternating paths.
struct MaximumMatching {
    /// The detection paired with each reference; nil where there is none.
    private(set) var detectionOfReference: [Int?]

    private let order: [Int]
    private let fits: [[Int]]
    /// The reference through which a detection was reached in this phase; nil: it is unpaired.
    private var wayBack: [Int: Int?] = [:]
    /// The detections from which a reference was reached in this phase.
    private var reachedFrom: [Int: [Int]] = [:]

    /// Finds the pairing.
    ///
    /// - Parameters:
    ///   - referenceCount: The size of one group.
    ///   - detectedCount: The size of the other.
    ///   - isFit: Whether reference and detection may be a pair.
    init(
        referenceCount: Int,
        detectedCount: Int,
        isFit: (_ reference: Int, _ detection: Int) -> Bool
    ) {
        var order: [Int] = []
        var fits = [[Int]](repeating: [], count: detectedCount)
        for reference in 0..<referenceCount {
            for detection in 0..<detectedCount where isFit(reference, detection) {
                if fits[detection].isEmpty { order.append(detection) }
                fits[detection].append(reference)
            }
        }
        self.order = order
        self.fits = fits
        detectionOfReference = [Int?](repeating: nil, count: referenceCount)
        pairWhatIsFree()
        while case let free = freeReferencesByShortestPaths(), !free.isEmpty {
            for reference in free { _ = augment(to: reference) }
        }
    }

    /// The number of pairs.
    var count: Int { detectionOfReference.count { $0 != nil } }

    private mutating func pairWhatIsFree() {
        for detection in order {
            if let free = fits[detection].first(where: { detectionOfReference[$0] == nil }) {
                detectionOfReference[free] = detection
            }
        }
    }

    /// Searches in breadth from the unpaired detections for unpaired references.
    private mutating func freeReferencesByShortestPaths() -> [Int] {
        let paired = Set(detectionOfReference.compactMap { $0 })
        var layer = order.filter { !paired.contains($0) }
        wayBack = Dictionary(uniqueKeysWithValues: layer.map { ($0, nil) })
        reachedFrom = [:]
        var free: [Int] = []
        while !layer.isEmpty, free.isEmpty {
            var found: [Int] = []
            var sources: [Int: [Int]] = [:]
            for detection in layer {
                for reference in fits[detection] where reachedFrom[reference] == nil {
                    if sources[reference] == nil { found.append(reference) }
                    sources[reference, default: []].append(detection)
                }
            }
            reachedFrom.merge(sources) { earlier, _ in earlier }
            layer = []
            for reference in found {
                if let detection = detectionOfReference[reference] {
                    layer.append(detection)
                    wayBack[detection] = .some(reference)
                } else {
                    free.append(reference)
                }
            }
        }
        return free
    }

    /// Follows a path back to an unpaired detection and exchanges the pairs on it.
    private mutating func augment(to reference: Int) -> Bool {
        guard let sources = reachedFrom.removeValue(forKey: reference) else { return false }
        for detection in sources {
            guard let way = wayBack.removeValue(forKey: detection) else { continue }
            if let previous = way, !augment(to: previous) { continue }
            detectionOfReference[reference] = detection
            return true
        }
        return false
    }
}
