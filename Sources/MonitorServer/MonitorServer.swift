package import EventStore
@preconcurrency import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import Messages
package import Monitor
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the HTTP API over the Unix socket and, if so configured, over TCP.
package final class MonitorServer: Service {
    /// Where a server listens.
    package struct Addresses: Sendable, Equatable {
        /// The Unix socket.
        package var socketPath: String
        /// The TCP address with the port that was really taken; nil: only the Unix socket.
        package var tcp: ServerSettings.TCPAddress?
    }

    private let settings: ServerSettings
    private let store: EventStore
    private let controls: MonitorControls
    private let logger: Logger
    private let onListening: @Sendable (Addresses) async -> Void
    private let claim: SocketClaim
    private let isListening = LibraryLog.ListeningFlag()

    /// Prepares to serve, but does not listen yet.
    ///
    /// - Parameters:
    ///   - settings: Where to listen and what to allow.
    ///   - claim: The right to serve at the settings' socket, taken before the store was opened.
    ///   - store: The event history.
    ///   - controls: The way to the running monitor.
    ///   - logger: Where failed requests are logged.
    ///   - onListening: Called once, when all addresses accept connections.
    package init(
        settings: ServerSettings,
        claim: SocketClaim,
        store: EventStore,
        controls: MonitorControls,
        logger: Logger,
        onListening: @escaping @Sendable (Addresses) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.store = store
        self.controls = controls
        self.logger = logger
        self.onListening = onListening
        self.claim = claim
    }

    /// Serves until a graceful shutdown or cancellation; open streams are ended.
    ///
    /// - Throws: ``ServerError`` if an address cannot be listened at.
    package func run() async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        defer {
            claim.removeSocket()
        }
        do {
            try await serve(on: loops, threads: threads)
            await stop(loops, threads)
        } catch {
            await stop(loops, threads)
            throw error
        }
    }

    private func serve(
        on loops: MultiThreadedEventLoopGroup,
        threads: NIOThreadPool
    ) async throws {
        let signIn = SignIn(settings: settings, threads: threads)
        if let path = settings.passwordPath, let reason = await signIn.passwordProblem {
            logger.warning(
                "The password in '\(path)' cannot be used (\(reason)). Set a new one with 'earwitness web password'."
            )
        }
        let routes = MonitorRoutes(
            settings: settings,
            signIn: signIn,
            history: HistoryReader(store: store, controls: controls, threads: threads),
            controls: controls
        )
        let (listening, reportListening) = AsyncThrowingStream.makeStream(
            of: ServerSettings.TCPAddress?.self
        )
        let socket = listener(
            routes.responder(access: nil),
            at: .unixDomainSocket(path: settings.socketPath),
            on: loops
        ) { [claim, settings] _ in
            do {
                try claim.setPermissions(mode: settings.socketMode, group: settings.socketGroup)
                reportListening.yield(nil)
            } catch {
                reportListening.finish(throwing: error)
            }
        }
        let tcp = settings.listen.map { listen in
            let access = AccessControl(
                signIn: signIn,
                limit: RequestLimit(perSecond: settings.maxRequestsPerSecond)
            )
            return listener(
                routes.responder(access: access),
                at: .hostname(listen.host, port: listen.port),
                on: loops
            ) { channel in
                let port = channel.localAddress?.port ?? listen.port
                let address = ServerSettings.TCPAddress(host: listen.host, port: port)
                await signIn.setAddress(address)
                reportListening.yield(address)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [settings] in
                try await Self.run(socket) { reason in
                    .cannotCreateSocket(path: settings.socketPath, reason: reason)
                }
            }
            if let tcp, let listen = settings.listen {
                group.addTask {
                    try await Self.run(tcp) { reason in
                        .cannotListen(address: "\(listen)", reason: reason)
                    }
                }
            }
            group.addTask {
                try await self.awaitListening(listening)
            }
            // Unlike waitForAll, the first failure ends the others.
            for try await _ in group {}
        }
    }

    private func awaitListening(
        _ listening: AsyncThrowingStream<ServerSettings.TCPAddress?, any Error>
    ) async throws {
        var addresses = Addresses(socketPath: settings.socketPath)
        var missing = settings.listen == nil ? 1 : 2
        for try await address in listening {
            addresses.tcp = address ?? addresses.tcp
            missing -= 1
            if missing == 0 {
                isListening.set()
                await onListening(addresses)
                return
            }
        }
    }

    private func listener(
        _ responder: OriginResponder,
        at address: BindAddress,
        on loops: MultiThreadedEventLoopGroup,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> HTTPListener {
        HTTPListener(
            address: address,
            settings: settings,
            responder: responder,
            loops: loops,
            logger: LibraryLog.logger(over: logger, isListening),
            onRunning: onRunning
        )
    }

    private static func run(
        _ listener: HTTPListener,
        orThrow failure: (String) -> ServerError
    ) async throws {
        do {
            try await listener.run()
        } catch let error as IOError {
            throw failure(error.reasonInWords)
        } catch is SocketAddressError {
            throw failure("there is no such host or address")
        }
    }

    private func stop(_ loops: MultiThreadedEventLoopGroup, _ threads: NIOThreadPool) async {
        do {
            try await threads.shutdownGracefully()
            try await loops.shutdownGracefully()
        } catch {
            let reason = (error as? IOError)?.reasonInWords ?? "they were already stopped"
            logger.warning("The API's threads did not stop: \(reason).")
        }
    }
}

extension IOError {
    /// What the system calls the error.
    var reasonInWords: String {
        String(cString: strerror(errnoCode))
    }
}
