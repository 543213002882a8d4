// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One threshold by name: what `--threshold NAME=VALUE` sets, and what a report lists.
public struct ThresholdSetting: Sendable {
    public enum Value: Sendable {
        case duration(any WritableKeyPath<Thresholds, Duration> & Sendable)
        case count(any WritableKeyPath<Thresholds, UInt64> & Sendable)
        case number(any WritableKeyPath<Thresholds, Double> & Sendable)
    }

    /// The rule and the quantity, such as `lease-leak.age`.
    public var name: String
    public var value: Value

    /// The rule's identifier: the name up to the point.
    public var rule: String { String(name.prefix { $0 != "." }) }

    /// The value in `thresholds` as `set` takes it: `5s`, `250ms`, `20`, `0.2`.
    public func text(in thresholds: Thresholds) -> String {
        switch value {
        case .duration(let path): Self.text(thresholds[keyPath: path])
        case .count(let path): String(thresholds[keyPath: path])
        case .number(let path): Self.text(thresholds[keyPath: path])
        }
    }

    private static func text(_ duration: Duration) -> String {
        let nanoseconds = duration.wholeNanoseconds
        let units: [(suffix: String, nanoseconds: Int64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
        for unit in units where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
        }
        return "\(Double(nanoseconds) / 1e9)s"
    }

    private static func text(_ number: Double) -> String {
        let text = String(number)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// How a value of it is written, for messages.
    public var form: String {
        switch value {
        case .duration: "a duration such as \(text(in: Thresholds())), with the units \(Duration.argumentUnits)"
        case .count: "a whole number such as \(text(in: Thresholds()))"
        case .number: "a number such as \(text(in: Thresholds()))"
        }
    }

    /// Every threshold, in the order of the rules.
    public static let all: [ThresholdSetting] = [
        .init(name: "lease-leak.age", value: .duration(\.leaseLeakAge)),
        .init(name: "lease-leak.hold-factor", value: .number(\.leaseLeakHoldFactor)),
        .init(name: "lease-leak.hold-samples", value: .count(\.leaseLeakHoldSamples)),
        .init(name: "lease-leak.ended-silence", value: .duration(\.leaseLeakEndedSilence)),
        .init(name: "pool-wait.p99", value: .duration(\.poolWaitP99)),
        .init(name: "pool-wait.rate", value: .count(\.poolWaitRate)),
        .init(name: "pool-wait.queue", value: .count(\.poolWaitQueue)),
        .init(name: "pool-wait.waits", value: .count(\.poolWaitWaits)),
        .init(name: "pool-wait.counted", value: .duration(\.poolWaitCounted)),
        .init(name: "idle-hold.floor", value: .duration(\.idleHoldFloor)),
        .init(name: "idle-hold.share", value: .number(\.idleHoldShare)),
        .init(name: "idle-hold.leases", value: .count(\.idleHoldLeases)),
        .init(name: "close-wait.age", value: .duration(\.closeWaitAge)),
        .init(name: "stale-borrow.grace", value: .duration(\.staleBorrowGrace)),
        .init(name: "use-after-close.leases", value: .count(\.useAfterCloseLeases)),
        .init(name: "lease-hog.share", value: .number(\.leaseHogShare)),
        .init(name: "lease-hog.ratio", value: .number(\.leaseHogRatio)),
        .init(name: "lease-hog.waited", value: .duration(\.leaseHogWaited)),
        .init(name: "no-reuse.ratio", value: .number(\.noReuseRatio)),
        .init(name: "no-reuse.leases", value: .count(\.noReuseLeases)),
        .init(name: "no-reuse.moments", value: .count(\.noReuseMoments)),
        .init(name: "idle-churn.rate", value: .number(\.idleChurnRate)),
        .init(name: "idle-churn.closes", value: .count(\.idleChurnCloses)),
        .init(name: "pool-split.pools", value: .count(\.poolSplitPools)),
        .init(name: "pool-split.many", value: .count(\.poolSplitMany)),
        .init(name: "endpoint-skew.endpoints", value: .count(\.endpointSkewEndpoints)),
        .init(name: "endpoint-skew.leases", value: .count(\.endpointSkewLeases)),
        .init(name: "endpoint-skew.deviation", value: .number(\.endpointSkewDeviation)),
        .init(name: "endpoint-skew.share", value: .number(\.endpointSkewShare)),
        .init(name: "slow-connect.tcp", value: .duration(\.slowConnectTCP)),
        .init(name: "slow-connect.dns", value: .duration(\.slowConnectDNS)),
        .init(name: "slow-connect.tls", value: .duration(\.slowConnectTLS)),
        .init(name: "slow-connect.start-up", value: .duration(\.slowConnectStartUp)),
        .init(name: "slow-connect.count", value: .count(\.slowConnectCount)),
        .init(name: "serial-walk.trips", value: .count(\.serialWalkTrips)),
        .init(name: "serial-walk.saved", value: .duration(\.serialWalkSaved)),
        .init(name: "receive-backlog.dwell", value: .duration(\.receiveBacklogDwell)),
        .init(name: "receive-backlog.share", value: .number(\.receiveBacklogShare)),
        .init(name: "receive-backlog.receives", value: .count(\.receiveBacklogReceives)),
        .init(name: "connect-failing.failures", value: .count(\.connectFailingFailures)),
        .init(name: "reconnect-storm.rate", value: .count(\.reconnectStormRate)),
        .init(name: "reconnect-storm.seconds", value: .count(\.reconnectStormSeconds)),
        .init(name: "reconnect-storm.variation", value: .number(\.reconnectStormVariation)),
        .init(name: "reconnect-storm.retries", value: .count(\.reconnectStormRetries)),
        .init(name: "reconnect-storm.interval", value: .duration(\.reconnectStormInterval)),
        .init(name: "socket-leak.idle", value: .duration(\.socketLeakIdle)),
        .init(name: "socket-leak.accepted-idle", value: .duration(\.socketLeakAcceptedIdle)),
        .init(name: "socket-leak.sockets", value: .count(\.socketLeakSockets)),
        .init(name: "fd-exhaustion.share", value: .number(\.fdExhaustionShare)),
        .init(name: "blocked-reader.age", value: .duration(\.blockedReaderAge)),
        .init(name: "blocked-reader.reads", value: .count(\.blockedReaderReads)),
        .init(name: "half-open.timeouts", value: .count(\.halfOpenTimeouts)),
        .init(name: "half-open.time", value: .duration(\.halfOpenTime)),
        .init(name: "udp-drop.datagrams", value: .count(\.udpDropDatagrams)),
        .init(name: "udp-timeout.share", value: .number(\.udpTimeoutShare)),
        .init(name: "udp-timeout.requests", value: .count(\.udpTimeoutRequests)),
        .init(name: "udp-timeout.wait", value: .duration(\.udpTimeoutWait)),
        .init(name: "mass-invalidation.share", value: .number(\.massInvalidationShare)),
        .init(name: "mass-invalidation.connections", value: .count(\.massInvalidationConnections)),
        .init(name: "mass-invalidation.window", value: .duration(\.massInvalidationWindow)),
        .init(name: "idle-killed.idle", value: .duration(\.idleKilledIdle)),
        .init(name: "idle-killed.failures", value: .count(\.idleKilledFailures)),
        .init(name: "premature-timeout.late", value: .duration(\.prematureTimeoutLate)),
        .init(name: "premature-timeout.wait", value: .duration(\.prematureTimeoutWait)),
        .init(name: "premature-timeout.answers", value: .count(\.prematureTimeoutAnswers)),
        .init(name: "silent-stall.wait", value: .duration(\.silentStallWait)),
        .init(name: "silent-stall.factor", value: .number(\.silentStallFactor)),
        .init(name: "silent-stall.round-trips", value: .count(\.silentStallRoundTrips)),
        .init(name: "silent-stall.connections", value: .count(\.silentStallConnections)),
        .init(name: "retransmits.share", value: .number(\.retransmitsShare)),
        .init(name: "retransmits.segments", value: .count(\.retransmitsSegments)),
        .init(name: "latency-jitter.ratio", value: .number(\.latencyJitterRatio)),
        .init(name: "latency-jitter.floor", value: .duration(\.latencyJitterFloor)),
        .init(name: "latency-jitter.samples", value: .count(\.latencyJitterSamples)),
        .init(name: "latency-jitter.late", value: .count(\.latencyJitterLate)),
        .init(name: "recv-jitter.ratio", value: .number(\.recvJitterRatio)),
        .init(name: "recv-jitter.floor", value: .duration(\.recvJitterFloor)),
        .init(name: "recv-jitter.gaps", value: .count(\.recvJitterGaps)),
        .init(name: "tls-handshake-failing.failures", value: .count(\.tlsHandshakeFailures)),
        .init(name: "tls-handshake-failing.hang", value: .duration(\.tlsHandshakeHang)),
        .init(name: "dns-in-acquire.share", value: .number(\.dnsInAcquireShare)),
        .init(name: "dns-in-acquire.lookup", value: .duration(\.dnsInAcquireLookup)),
        .init(name: "dns-in-acquire.lookups", value: .count(\.dnsInAcquireLookups)),
        .init(name: "dns-in-acquire.timeout", value: .duration(\.dnsInAcquireTimeout)),
        .init(name: "time-wait-pileup.share", value: .number(\.timeWaitShare)),
        .init(name: "time-wait-pileup.sockets", value: .count(\.timeWaitSockets)),
        .init(name: "time-wait-pileup.connecting", value: .count(\.timeWaitConnecting)),
    ]

    /// Sets the threshold in `thresholds` from text: `5s`, `250ms`, `1h30m` for a duration, else a number.
    ///
    /// Returns `false`, and changes nothing, when `text` is not a value of its kind or is negative.
    public func set(_ text: String, in thresholds: inout Thresholds) -> Bool {
        switch value {
        case .duration(let path):
            guard let duration = Duration(argument: text) else { return false }
            thresholds[keyPath: path] = duration
        case .count(let path):
            guard let count = UInt64(text) else { return false }
            thresholds[keyPath: path] = count
        case .number(let path):
            guard let number = Double(text), number.isFinite, number >= 0 else { return false }
            thresholds[keyPath: path] = number
        }
        return true
    }
}
