import ArgumentParser
import Foundation
@preconcurrency import Glibc
import Messages
import MonitorClient
import Settings
import Synchronization

/// `earwitness watch`: the moment, over the whole terminal.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows level, spectrogram, scores and events over the whole terminal.",
        discussion: """
            For a terminal, also over SSH. 'q' or Ctrl-C ends it, Tab shows the next source. When the \
            service goes away it waits for it.
            """
    )

    @OptionGroup var service: ServiceOptions
    @OptionGroup var colors: ColorOptions
    @Option(help: "The source to begin with; without it the first.") var source: String?

    private static let drawingInterval = Duration.milliseconds(200)

    func run() async throws {
        guard Terminal.showsScreens else {
            throw CommandFailure(
                .usage,
                "'earwitness watch' needs a terminal. "
                    + "Use 'earwitness tail' or 'earwitness status' here."
            )
        }
        let paths = service.location.clientSocketPaths
        let status = try await MonitorClient.firstAnswering(at: paths).status()
        let names = status.sources.map(\.name)
        if let source, !names.contains(source) {
            throw ControlError.unknownSource(name: source, known: names)
        }
        let feed = WatchFeed(WatchView(status, source: source ?? names.first ?? ""), paths: paths)
        let following = Task { await feed.follow() }
        defer { following.cancel() }
        try await show(feed)
    }

    /// Draws until the user, a signal or the end of the terminal ends it.
    private func show(_ feed: WatchFeed) async throws {
        let screen = FullScreen()
        let isColored = colors.color.isOn
        while screen.endingSignal == nil {
            let view = feed.view
            let isThere = screen.draw { columns, rows in
                view.lines(columns: columns, rows: rows, colored: isColored, now: Date())
            }
            guard isThere, let keys = screen.keys(), !keys.contains(UInt8(ascii: "q")),
                !keys.contains(3)
            else { break }
            if keys.contains(9) { feed.change { $0.showNextSource() } }
            if keys.contains(26) { screen.suspend() }
            try await Task.sleep(for: Self.drawingInterval)
        }
        screen.close()
        guard let number = screen.endingSignal else { return }
        // The program ends as every other that the signal ends.
        signal(number, SIG_DFL)
        kill(getpid(), number)
    }
}

/// Keeps a view up to date, over all losses of the service.
private final class WatchFeed: Sendable {
    private static let pause = Duration.seconds(1)

    private let current: Mutex<WatchView>
    private let paths: [String]

    /// Begins with a view.
    ///
    /// - Parameters:
    ///   - view: What is shown first.
    ///   - paths: The sockets at which the service may answer.
    init(_ view: WatchView, paths: [String]) {
        current = Mutex(view)
        self.paths = paths
    }

    var view: WatchView { current.withLock { $0 } }

    func change(_ body: (inout WatchView) -> Void) {
        current.withLock { body(&$0) }
    }

    /// Follows the service until it is cancelled.
    func follow() async {
        while !Task.isCancelled {
            do {
                try await followOnce()
                change { $0.lose("The service has ended.") }
            } catch {
                change { $0.lose("\(error)") }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func followOnce() async throws {
        let client = try await MonitorClient.firstAnswering(at: paths)
        let (status, thresholds) = (try await client.status(), try await client.thresholds())
        change { $0.connect(status, thresholds) }
        let spectrogram = Task { await followSpectrogram(client) }
        defer { spectrogram.cancel() }
        do {
            try await followMessages(client, recent: 20)
        } catch let refusal as ClientError where refusal.isOfTheHistory {
            try await followMessages(client, recent: 0)
        }
    }

    private func followMessages(_ client: MonitorClient, recent: Int) async throws {
        let kinds: Set<LiveMessage.Kind> = [.event, .level, .scores, .status]
        for try await message in client.live(kinds: kinds, recent: recent) {
            change { $0.apply(message) }
        }
    }

    /// Follows the spectrogram of the source that is shown; that a source falls silent is no loss.
    private func followSpectrogram(_ client: MonitorClient) async {
        while !Task.isCancelled {
            let source = view.source
            let columns = client.spectrogram(source: source)
            do {
                for try await message in columns {
                    guard view.source == source else { break }
                    change { $0.add(message) }
                }
            } catch {
                // The connection of the messages says why.
            }
            try? await Task.sleep(for: view.source == source ? Self.pause : .zero)
        }
    }
}
