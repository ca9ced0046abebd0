/// Decides whether a source is loud enough for the network to run.
///
/// The level is the RMS of the last 50 ms, looked at every 10 ms. The gate opens as soon as it is
/// at or above the opening level, and closes once it has stayed under the closing level for the
/// hold time. All of it depends on the samples and their time alone. Digital silence never opens
/// the gate, whatever the settings.
package struct SilenceGate: Equatable, Sendable {
    private static let levelBlocks = 5

    /// The state after the last block.
    package private(set) var state = GateState.closed

    /// The settings in force.
    package private(set) var settings: GateSettings

    private let grid: EnvelopeGrid
    private var floor = NoiseFloorTracker()
    private var lastBlocks: [Float] = []
    private var heardUpTo = SampleTime.zero
    private var lastLoud = SampleTime.zero

    /// Creates a closed gate.
    ///
    /// - Parameters:
    ///   - settings: Levels and times.
    ///   - sampleRateHz: The timeline's rate in Hz, at least 1000.
    package init(settings: GateSettings, sampleRateHz: Int) {
        self.settings = settings
        grid = EnvelopeGrid(sampleRateHz: sampleRateHz)
    }

    /// The noise floor that the gate follows, within its limits; nil when it follows none or it is
    /// not yet known.
    package var noiseFloorDBFS: Float? {
        guard settings.floorMarginDB != nil, let meanSquare = floor.meanSquare else {
            return nil
        }
        let limits = settings.floorLimitsDBFS
        return min(
            max(Decibels.level(ofMeanSquare: meanSquare), limits.lowerBound),
            limits.upperBound
        )
    }

    /// The level at which the gate opens now: the fixed one or the floor and its margin.
    package var openingLevelDBFS: Float {
        guard let margin = settings.floorMarginDB, let noiseFloorDBFS else {
            return settings.openDBFS
        }
        return max(settings.openDBFS, noiseFloorDBFS + margin)
    }

    /// The level under which the gate closes now.
    ///
    /// As far under the opening level as the fixed levels are from one another, but not so near
    /// to the noise floor that the noise itself would keep the gate open.
    package var closingLevelDBFS: Float {
        guard let margin = settings.floorMarginDB, let noiseFloorDBFS else {
            return settings.closeDBFS
        }
        let hysteresis = settings.openDBFS - settings.closeDBFS
        return max(
            openingLevelDBFS - hysteresis,
            noiseFloorDBFS + max(margin - hysteresis, margin / 2)
        )
    }

    /// The levels in force now, and the noise floor whether or not the gate follows it.
    package var levels: GateLevels {
        GateLevels(
            openingDBFS: openingLevelDBFS,
            closingDBFS: closingLevelDBFS,
            noiseFloorDBFS: floor.meanSquare.map(Decibels.level)
        )
    }

    /// Takes the blocks of the next hop.
    ///
    /// - Parameters:
    ///   - envelope: The mean squares of the blocks that end in `hop`, as an
    ///     ``EnvelopeFollower`` gives them.
    ///   - hop: The samples that the blocks are of, after those of the call before.
    /// - Returns: Open when the gate was open for any part of the hop.
    package mutating func update(
        _ envelope: [Float],
        over hop: Range<SampleTime>
    ) -> GateState {
        if hop.lowerBound != heardUpTo {
            lastBlocks.removeAll()
        }
        heardUpTo = hop.upperBound
        closeIfHoldIsOver(at: hop.lowerBound)
        var wasOpen = state == .open
        var block = grid.block(containing: hop.lowerBound)
        for meanSquare in envelope {
            floor.update(meanSquare)
            let end = grid.start(ofBlock: block + 1)
            step(level: level(after: meanSquare), end: end)
            wasOpen = wasOpen || state == .open
            block += 1
        }
        return wasOpen ? .open : .closed
    }

    /// Puts other settings in force, without forgetting the noise floor or closing the gate.
    package mutating func apply(_ settings: GateSettings) {
        self.settings = settings
    }

    private mutating func level(after meanSquare: Float) -> Float {
        if lastBlocks.count == Self.levelBlocks {
            lastBlocks.removeFirst()
        }
        lastBlocks.append(meanSquare)
        return Decibels.level(
            ofMeanSquare: lastBlocks.reduce(0, +) / Float(lastBlocks.count)
        )
    }

    private mutating func step(level: Float, end: SampleTime) {
        let least = state == .open ? closingLevelDBFS : openingLevelDBFS
        if level > -.infinity, level >= least {
            state = .open
            lastLoud = end
        } else {
            closeIfHoldIsOver(at: end)
        }
    }

    private mutating func closeIfHoldIsOver(at time: SampleTime) {
        let quiet = (time - lastLoud).asSeconds(atRate: grid.sampleRateHz)
        if state == .open, quiet >= settings.holdSeconds {
            state = .closed
        }
    }
}

/// The levels between which a silence gate decides, RMS in dBFS.
package struct GateLevels: Equatable, Sendable {
    /// The gate opens at this level.
    package var openingDBFS: Float
    /// The gate closes under this level.
    package var closingDBFS: Float
    /// The level that the place has not fallen below for a minute; nil while it is not known.
    package var noiseFloorDBFS: Float?

    /// Joins the levels.
    package init(openingDBFS: Float, closingDBFS: Float, noiseFloorDBFS: Float? = nil) {
        self.openingDBFS = openingDBFS
        self.closingDBFS = closingDBFS
        self.noiseFloorDBFS = noiseFloorDBFS
    }
}

/// Whether a source is loud enough for the network to run.
package enum GateState: String, Sendable, Codable {
    /// Sound is being scored.
    case open
    /// Silence: the network rests.
    case closed
}

/// When the silence gate opens and closes.
///
/// The section `gate` of the configuration.
package struct GateSettings: Equatable, Sendable {
    /// The level at which the gate opens, RMS in dBFS, -120...0.
    package var openDBFS: Float = -55
    /// The level under which the gate closes again, RMS in dBFS, at most `openDBFS`.
    package var closeDBFS: Float = -60
    /// How long the level must stay under `closeDBFS` before the gate closes, in seconds.
    package var holdSeconds: Double = 1
    /// How far above the tracked noise floor the level must rise to open, in dB; nil: no tracking.
    package var floorMarginDB: Float?
    /// The least and the greatest noise floor that is believed, in dBFS.
    ///
    /// A room quieter than the least does not make the gate more eager; a place louder than the
    /// greatest does not hide what is heard above it.
    package var floorLimitsDBFS: ClosedRange<Float> = -90 ... -30

    /// Creates the default settings.
    package init() {}

    /// The settings of a gate that only digital silence closes.
    package static let open: GateSettings = {
        var settings = GateSettings()
        settings.openDBFS = -120
        settings.closeDBFS = -120
        return settings
    }()
}

extension GateSettings {
    /// Checks every value.
    ///
    /// - Throws: The first value that cannot be used, as one line.
    package func validate() throws(InvalidDetectionSetting) {
        let levels: ClosedRange<Float> = -120...0
        guard levels.contains(openDBFS) else {
            throw InvalidDetectionSetting(
                key: "gate.open_dbfs",
                found: "\(openDBFS)",
                allowed: "-120 to 0"
            )
        }
        guard levels.contains(closeDBFS), closeDBFS <= openDBFS else {
            throw InvalidDetectionSetting(
                key: "gate.close_dbfs",
                found: "\(closeDBFS)",
                allowed: "-120 to 'open_dbfs', \(openDBFS)"
            )
        }
        guard 0...3600 ~= holdSeconds else {
            throw InvalidDetectionSetting(
                key: "gate.hold_s",
                found: "\(holdSeconds)",
                allowed: "0 to 3600"
            )
        }
        guard floorMarginDB.map({ 0...60 ~= $0 }) ?? true else {
            throw InvalidDetectionSetting(
                key: "gate.floor_margin_db",
                found: "\(floorMarginDB ?? 0)",
                allowed: "0 to 60"
            )
        }
    }
}
