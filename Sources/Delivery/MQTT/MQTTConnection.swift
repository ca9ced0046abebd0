import CMosquitto
package import Foundation
import Realtime
import Synchronization

/// A connection to an MQTT broker that is made again whenever it breaks, on a thread of its own.
///
/// Whoever publishes never waits for the network. Each connection is a new session with a new client of
/// the library: what was not confirmed when one broke is for the caller to publish again.
package final class MQTTConnection: @unchecked Sendable {
    /// What comes from the broker.
    package enum Signal: Sendable, Equatable {
        /// A connection was accepted; nothing is subscribed and nothing was published in it yet.
        case connected
        case received(topic: String, payload: Data, isRetained: Bool)
    }

    /// How it is.
    package struct Condition: Sendable, Equatable {
        package var isConnected = false
        /// Since when it is or is not connected.
        package var since = Date()
        /// Why not; nil while it is, and before the first attempt has failed.
        package var fault: String?
    }

    private struct State {
        var condition = Condition()
        /// The broker's answer to the present attempt.
        var answer: Int32?
        /// The library's last complaint in the present attempt.
        var complaint: String?
        var waiters: [Int32: CheckedContinuation<Bool, Never>] = [:]
        /// The last confirmations that nobody waited for yet.
        var early: [Int32] = []
        var isStopping = false
        /// The number of the present connection.
        var connection = 0
    }

    /// Everything that comes from the broker, for one reader.
    package let signals: AsyncStream<Signal>

    private let access: BrokerAccess
    private let will: (topic: String, payload: String)
    private let environment: [String: String]
    private let report: @Sendable (Condition) -> Void
    private let continuation: AsyncStream<Signal>.Continuation
    private let state = Mutex(State())
    private let wake = WakeSignal()
    // `client` is only touched while `clientLock` is held, but by the loop of the thread that makes
    // and destroys it. Callbacks of the library never take this lock.
    private let clientLock = NSLock()
    private var client: OpaquePointer?
    // `delay` is only used on the connection's thread.
    private var delay: ReconnectDelay
    private let hasEnded = Atomic<Bool>(false)

    /// The most messages from the broker that wait for their reader.
    private static let signalCapacity = 256
    private static let loopMilliseconds: Int32 = 1_000

    /// Prepares a connection; ``start()`` makes it.
    ///
    /// - Parameters:
    ///   - access: How the broker is reached.
    ///   - will: What the broker publishes, retained, when the connection breaks.
    ///   - environment: The process's environment, for credentials.
    ///   - firstDelaySeconds: How long to wait after the first failure.
    ///   - report: Called on the connection's thread whenever its condition has changed.
    package init(
        _ access: BrokerAccess,
        will: (topic: String, payload: String),
        environment: [String: String],
        firstDelaySeconds: Double = 1,
        report: @escaping @Sendable (Condition) -> Void
    ) {
        self.access = access
        self.will = will
        self.environment = environment
        self.report = report
        delay = ReconnectDelay(firstSeconds: firstDelaySeconds)
        (signals, continuation) = AsyncStream.makeStream(
            of: Signal.self,
            bufferingPolicy: .bufferingNewest(Self.signalCapacity)
        )
    }

    /// How it is now.
    package var condition: Condition { state.withLock { $0.condition } }

    /// Starts the thread; to be called once.
    package func start() {
        DedicatedThread(name: "mqtt", priority: .normal) { self.run() }.start()
    }

    /// Ends the connection, so that the broker does not publish the will, and the thread.
    package func stop() async {
        state.withLock { $0.isStopping = true }
        wake.ring()
        _ = withClient { cmosquitto_disconnect($0) }
        // An attempt to connect can block for minutes; it is left to itself then.
        for _ in 0..<100 where !hasEnded.load(ordering: .acquiring) {
            try? await Task.sleep(for: .milliseconds(10))
        }
        continuation.finish()
    }

    // MARK: - Publishing

    /// Publishes a message if there is a connection; it may get lost with it.
    package func publish(_ topic: String, _ payload: Data, qos: Int32 = 1, isRetained: Bool) {
        guard condition.isConnected else { return }
        _ = send(topic, payload, qos: qos, isRetained: isRetained)
    }

    /// Publishes a message with QoS 1 and waits for the broker's confirmation.
    ///
    /// - Returns: Whether the broker has it; else it may or may not have it.
    package func publishConfirmed(_ topic: String, _ payload: Data) async -> Bool {
        let (isConnected, connection) = state.withLock {
            ($0.condition.isConnected, $0.connection)
        }
        guard isConnected, let number = send(topic, payload, qos: 1, isRetained: false) else {
            return false
        }
        return await withCheckedContinuation { waiter in
            let known: Bool? = state.withLock { state in
                guard state.connection == connection, state.condition.isConnected else {
                    return false
                }
                if let index = state.early.firstIndex(of: number) {
                    state.early.remove(at: index)
                    return true
                }
                state.waiters[number] = waiter
                return nil
            }
            if let known { waiter.resume(returning: known) }
        }
    }

    /// Asks the broker for what matches a pattern.
    package func subscribe(_ pattern: String) {
        _ = withClient { cmosquitto_subscribe($0, pattern) }
    }

    /// Gives the library a message; nil if it does not take it.
    private func send(_ topic: String, _ payload: Data, qos: Int32, isRetained: Bool) -> Int32? {
        var number: Int32 = 0
        let code = withClient { client in
            payload.withUnsafeBytes { bytes in
                cmosquitto_publish(
                    client,
                    topic,
                    bytes.baseAddress,
                    Int32(bytes.count),
                    qos,
                    isRetained,
                    &number
                )
            }
        }
        return code == 0 ? number : nil
    }

    /// Calls the library with the present client, which stays while it does.
    private func withClient(_ body: (OpaquePointer) -> Int32) -> Int32? {
        clientLock.withLock { client.map(body) }
    }

    // MARK: - The thread

    private func run() {
        while !state.withLock({ $0.isStopping }) {
            let fault = connectOnce()
            leave(because: fault)
            let pause = delay.next()
            let ticket = wake.ticket()
            guard !state.withLock({ $0.isStopping }) else { break }
            wake.wait(ticket: ticket, timeoutNanoseconds: Int64(pause * 1e9))
        }
        hasEnded.store(true, ordering: .releasing)
    }

    /// Connects and stays connected as long as it lasts.
    ///
    /// - Returns: Why it ended.
    private func connectOnce() -> String {
        state.withLock { state in
            state.connection += 1
            state.answer = nil
            state.complaint = nil
            state.early = []
        }
        let new: OpaquePointer
        do throws(BrokerFault) {
            new = try makeClient()
        } catch {
            return error.description
        }
        clientLock.withLock { client = new }
        defer {
            clientLock.withLock { client = nil }
            cmosquitto_destroy(new)
        }
        let keepalive = Int32(access.keepaliveSeconds)
        var code = cmosquitto_connect(new, access.host, Int32(access.port), keepalive)
        var error = errno
        guard code == 0 else {
            return "The MQTT broker \(access.broker) can't be reached (\(reason(code, error)))."
        }
        // A farewell takes a round or two.
        var roundsToStop = 3
        while code == 0, roundsToStop > 0 {
            code = cmosquitto_loop(new, Self.loopMilliseconds)
            error = errno
            if state.withLock({ $0.isStopping }) { roundsToStop -= 1 }
        }
        if let answer = state.withLock({ $0.answer }), answer != 0 {
            return BrokerFault(answer: answer, from: access.broker).description
        }
        return "The MQTT broker \(access.broker) closed the connection (\(reason(code, error)))."
    }

    private func makeClient() throws(BrokerFault) -> OpaquePointer {
        guard cmosquitto_load() else {
            throw BrokerFault(
                "MQTT needs libmosquitto, which is not installed. Install it with "
                    + "'apt install libmosquitto1'."
            )
        }
        let password = try access.password(environment: environment)
        try access.requireFiles()
        var handlers = Self.handlers
        let context = Unmanaged.passUnretained(self).toOpaque()
        guard let new = cmosquitto_create(access.clientID, &handlers, context) else {
            throw BrokerFault("The MQTT client can't be made (out of memory).")
        }
        var code = cmosquitto_set_will(new, will.topic, will.payload)
        if code == 0, let user = access.user {
            code = cmosquitto_set_login(new, user, password)
        }
        if code == 0, let tls = access.tls {
            code = cmosquitto_set_tls(
                new,
                tls.authoritiesFile,
                tls.certificateFile,
                tls.keyFile,
                tls.verifies
            )
        }
        guard code == 0 else {
            let reason = reason(code, errno)
            cmosquitto_destroy(new)
            throw BrokerFault("The MQTT settings can't be used (\(reason)).")
        }
        return new
    }

    /// What the library says of a failure; of TLS its complaint says more.
    private func reason(_ code: Int32, _ error: Int32) -> String {
        let complaint = state.withLock { $0.complaint }
        if access.tls != nil, let complaint {
            // "error:0A000086:SSL routines::certificate verify failed"
            return complaint.split(separator: ":").last.map {
                $0.trimmingCharacters(in: .whitespaces)
            } ?? complaint
        }
        var text = String(cString: cmosquitto_reason(code, error))
        if text.hasSuffix(".") { text.removeLast() }
        return error == EPERM && code != 0
            ? "\(text); systemd's unit lets only IPAddressAllow through" : text
    }

    private func leave(because fault: String) {
        let (condition, waiters) = state.withLock { state in
            if state.condition.isConnected { state.condition.since = Date() }
            state.condition.isConnected = false
            state.condition.fault = fault
            defer { state.waiters = [:] }
            return (state.condition, state.waiters)
        }
        for waiter in waiters.values { waiter.resume(returning: false) }
        if !state.withLock({ $0.isStopping }) { report(condition) }
    }
}

// MARK: - What the library calls, on the connection's thread

extension MQTTConnection {
    /// The most confirmations that are remembered until somebody asks.
    private static let earlyCapacity = 64

    private static var handlers: cmosquitto_handlers {
        cmosquitto_handlers(
            answered: { MQTTConnection.at($0).answer($1) },
            published: { MQTTConnection.at($0).confirm($1) },
            received: { context, topic, payload, length, isRetained in
                let data = payload.map { Data(bytes: $0, count: Int(length)) } ?? Data()
                MQTTConnection.at(context).receive(
                    String(cString: topic),
                    data,
                    isRetained: isRetained
                )
            },
            complained: { MQTTConnection.at($0).complain(String(cString: $1)) }
        )
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> MQTTConnection {
        Unmanaged<MQTTConnection>.fromOpaque(context).takeUnretainedValue()
    }

    private func answer(_ code: Int32) {
        let condition: Condition? = state.withLock { state in
            state.answer = code
            guard code == 0 else { return nil }
            state.condition = Condition(isConnected: true, since: Date(), fault: nil)
            return state.condition
        }
        guard let condition else { return }
        delay.reset()
        report(condition)
        continuation.yield(.connected)
    }

    private func confirm(_ number: Int32) {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            if let waiter = state.waiters.removeValue(forKey: number) { return waiter }
            state.early.append(number)
            if state.early.count > Self.earlyCapacity { state.early.removeFirst() }
            return nil
        }
        waiter?.resume(returning: true)
    }

    private func receive(_ topic: String, _ payload: Data, isRetained: Bool) {
        continuation.yield(.received(topic: topic, payload: payload, isRetained: isRetained))
    }

    private func complain(_ text: String) {
        state.withLock { $0.complaint = text }
    }
}
