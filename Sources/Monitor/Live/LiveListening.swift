import Logging
package import Messages
import Synchronization

/// A source's sound from now on.
package struct LiveListening: Sendable {
    /// The name of the source.
    package let source: String
    /// The rate of the samples in Hz.
    package let sampleRateHz: Int
    /// The samples as they come, mono; whoever is slow loses some.
    package let pieces: AsyncStream<[Int16]>

    /// Joins the parts.
    package init(source: String, sampleRateHz: Int, pieces: AsyncStream<[Int16]>) {
        self.source = source
        self.sampleRateHz = sampleRateHz
        self.pieces = pieces
    }
}

extension SoundMonitor {
    /// Lets somebody listen to a source, if the configuration allows it.
    ///
    /// - Parameter name: The source; nil where there is one.
    /// - Returns: Its sound.
    /// - Throws: ``ControlError`` when live listening is off, too many listen already, or there is no such
    ///   source.
    package func listen(toSource name: String?) throws(ControlError) -> LiveListening {
        let source = try liveSource(named: name)
        let sources = liveSources
        // Counted and added under one lock, so that no two take the last place.
        let pieces: AsyncStream<[Int16]>? = listenerLimit.withLock { limit in
            let listeners = sources.reduce(0) { $0 + $1.live.sound.followerCount }
            return listeners < limit ? source.live.sound.follow() : nil
        }
        guard let pieces else {
            let limit = listenerLimit.withLock { $0 }
            throw limit == 0 ? .listeningOff : .tooManyListeners(limit: limit)
        }
        log.notice("Somebody listens live.", metadata: ["source": "\(source.name)"])
        return LiveListening(
            source: source.name,
            sampleRateHz: source.live.soundRateHz,
            pieces: pieces
        )
    }

    /// Changes how many may listen live at once; 0 disconnects all listeners.
    package func apply(listenerLimit limit: Int) {
        listenerLimit.withLock { $0 = limit }
        guard limit == 0 else { return }
        for source in liveSources { source.live.sound.dismiss() }
    }
}
