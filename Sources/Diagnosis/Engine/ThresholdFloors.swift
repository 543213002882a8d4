// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The thresholds that every lease, send or answer is held against, as the clock counts: nanoseconds.
///
/// To convert a `Duration` is 128-bit division: 60 ns, as much as all else that is done with an answer.
struct ThresholdFloors {
    let idleKilledIdle: UInt64
    let idleHold: UInt64
    let slowLookup: UInt64
    let slowHandshake: UInt64
    let slowStartUp: UInt64
    let waitCounted: UInt64
    let poolWaitP99: UInt64
    let latencyJitter: UInt64
    let recvJitter: Double
    let silentStallWait: UInt64
    let udpTimeoutWait: UInt64
    let farewell: UInt64

    init(_ thresholds: Thresholds) {
        idleKilledIdle = thresholds[IdleKilledRule.idle].clampedNanoseconds
        idleHold = thresholds[IdleHoldRule.floor].clampedNanoseconds
        waitCounted = thresholds[PoolWaitRule.counted].clampedNanoseconds
        slowLookup = thresholds[SlowConnectRule.dns].clampedNanoseconds
        slowHandshake = thresholds[SlowConnectRule.tls].clampedNanoseconds
        slowStartUp = thresholds[SlowConnectRule.startUp].clampedNanoseconds
        poolWaitP99 = thresholds[PoolWaitRule.p99].clampedNanoseconds
        latencyJitter = thresholds[LatencyJitterRule.floor].clampedNanoseconds
        recvJitter = Double(thresholds[RecvJitterRule.floor].clampedNanoseconds)
        silentStallWait = thresholds[SilentStallRule.wait].clampedNanoseconds
        udpTimeoutWait = thresholds[UDPTimeoutRule.wait].clampedNanoseconds
        farewell = thresholds[PrematureTimeoutRule.wait].clampedNanoseconds
    }
}
