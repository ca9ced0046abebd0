import Foundation
package import Logging
package import Messages
package import Settings

/// Rules, their messages and those who deliver them, together.
package actor NewsDesk {
    /// Where messages wait.
    package nonisolated let outbox: Outbox
    private let engine: RuleEngine
    private let clips: Receiver.ClipFinder
    private let backoff: Backoff
    private let log: Logger
    private var rules: [String: RuleSettings] = [:]
    private var couriers: [String: (courier: Courier, task: Task<Void, Never>)] = [:]

    /// How long a delivery that is under way may go on when the service stops, in seconds.
    private static let patienceSeconds: Double = 5

    /// Creates the desk; no courier runs yet.
    ///
    /// - Parameters:
    ///   - outbox: Where messages wait.
    ///   - engine: Makes them.
    ///   - clips: Finds clips.
    ///   - backoff: How long to wait after a failure.
    ///   - log: The service's log.
    package init(
        outbox: Outbox,
        engine: RuleEngine,
        clips: @escaping Receiver.ClipFinder,
        backoff: Backoff = Backoff(),
        log: Logger
    ) {
        self.outbox = outbox
        self.engine = engine
        self.clips = clips
        self.backoff = backoff
        self.log = log
    }

    /// Puts other rules in force; messages of actions that are gone are given up.
    package func apply(_ rules: [String: RuleSettings]) async {
        self.rules = rules
        await engine.apply(rules)
        var wanted: [String: Receiver] = [:]
        for (name, rule) in rules {
            for (channel, action) in rule.channels(ofRule: name) where action.kinds != [.publish] {
                do {
                    wanted[channel] = try Receiver(action, clips: clips)
                } catch {
                    log.error("rules.\(name): \(error.key): found \(error.found).")
                }
            }
        }
        for (channel, working) in couriers where wanted[channel] == nil {
            working.task.cancel()
            couriers[channel] = nil
        }
        for (channel, receiver) in wanted {
            if let working = couriers[channel] {
                await working.courier.apply(receiver)
            } else {
                hire(channel, receiver)
            }
        }
        giveUpMessages(except: Set(wanted.keys).union([PublishRequest.channel]))
    }

    private func hire(_ channel: String, _ receiver: Receiver) {
        let courier = Courier(
            channel: channel,
            receiver: receiver,
            outbox: outbox,
            backoff: backoff,
            log: log
        )
        couriers[channel] = (courier, Task { await courier.run() })
    }

    private func giveUpMessages(except channels: Set<String>) {
        let names = Set(rules.keys)
        let orphans = ((try? outbox.counts()) ?? []).filter {
            // Other channels may have couriers of their own.
            $0.waiting > 0 && !channels.contains($0.channel) && $0.channel.contains("/")
        }
        for orphan in orphans {
            let rule = String(orphan.channel.prefix { $0 != "/" })
            let reason = names.contains(rule) ? "the action is gone" : "the rule is gone"
            try? outbox.giveUpAll(in: orphan.channel, reason: reason)
            log.warning("\(orphan.channel): \(orphan.waiting) message(s) are given up: \(reason).")
        }
    }

    /// Works until the task is cancelled.
    package func run(follow: @escaping @Sendable () -> AsyncStream<LiveMessage>) async {
        await engine.run(follow: follow)
        let working = Array(couriers.values)
        couriers = [:]
        for (_, task) in working { task.cancel() }
        let alarm = Task {
            try await Task.sleep(for: .seconds(Self.patienceSeconds))
            for (courier, _) in working { courier.interrupt() }
        }
        for (_, task) in working { await task.value }
        alarm.cancel()
    }

    /// Sends one message to each receiver of a rule, beside those that wait.
    ///
    /// - Parameter name: The rule's name.
    /// - Returns: What each receiver answered; nil if there is no such rule.
    package func fire(_ name: String) async -> RuleTrialMessage? {
        guard let rule = rules[name] else { return nil }
        return await Self.trial(of: name, rule, clips: clips, outbox: outbox)
    }

    /// The names of the rules in force.
    package var ruleNames: [String] { rules.keys.sorted() }

    /// What became of the messages of every channel.
    package nonisolated func deliveries() -> [DeliveryMessage] {
        ((try? outbox.counts()) ?? []).map(DeliveryMessage.init)
    }

    /// Sends one message to each receiver of a rule.
    ///
    /// - Parameters:
    ///   - name: The rule's name.
    ///   - rule: The rule.
    ///   - clips: Finds clips.
    ///   - outbox: Where messages go that somebody else delivers; nil: there is nobody.
    /// - Returns: What each receiver answered.
    package static func trial(
        of name: String,
        _ rule: RuleSettings,
        clips: @escaping Receiver.ClipFinder = { _ in nil },
        outbox: Outbox?
    ) async -> RuleTrialMessage {
        let notice = Notice.test(of: name, at: Date())
        var answers: [RuleAnswerMessage] = []
        for (channel, action) in rule.channels(ofRule: name) {
            let outcome = await answer(notice, action, channel: channel, clips: clips, outbox)
            switch outcome {
            case .delivered(let text):
                answers.append(.init(channel: channel, isDelivered: true, answer: text))
            case .failed(let reason), .refused(let reason):
                answers.append(.init(channel: channel, isDelivered: false, answer: reason))
            }
        }
        return RuleTrialMessage(rule: name, answers: answers)
    }

    private static func answer(
        _ notice: Notice,
        _ action: RuleAction,
        channel: String,
        clips: @escaping Receiver.ClipFinder,
        _ outbox: Outbox?
    ) async -> DeliveryOutcome {
        do {
            if action.kinds == [.publish] {
                guard let outbox else {
                    return .failed(reason: "only the running service publishes by MQTT")
                }
                let message = NewMessage(
                    channel: channel,
                    key: "\(notice.rule)/\(notice.key)",
                    payload: try PublishRequest(action.publish, notice).encoded,
                    createdAt: notice.time,
                    expiresAt: notice.time + 300
                )
                try outbox.append([message])
                return .delivered(answer: "waits to be published; see 'earwitness status'")
            }
            let receiver = try Receiver(action, clips: clips)
            return await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        returning: receiver.deliver(
                            notice,
                            key: "\(channel)/\(notice.key)",
                            cancellation: Cancellation()
                        )
                    )
                }
            }
        } catch let fault as TemplateFault {
            return .refused(reason: "\(fault.key): found \(fault.found)")
        } catch {
            return .failed(reason: "\(error)")
        }
    }
}

extension DeliveryMessage {
    fileprivate init(_ counts: ChannelCounts) {
        self.init(
            channel: counts.channel,
            waiting: counts.waiting,
            delivered: counts.delivered,
            givenUp: counts.givenUp,
            lastDelivered: counts.lastDelivered,
            lastGivenUp: counts.lastGivenUp,
            lastError: counts.lastError?.reason,
            lastErrorTime: counts.lastError?.date
        )
    }
}
