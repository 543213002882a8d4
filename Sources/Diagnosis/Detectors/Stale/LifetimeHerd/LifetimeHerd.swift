// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections of one age that their pool closes at one moment and dials again: their lifetime ends together.
struct LifetimeHerd: Detector {
    /// Closes at one moment, by one pool, of connections of one age. Times in nanoseconds.
    private struct Wave: Sendable {
        let began: EventMark
        let age: UInt64
        var last: EventMark
        var closed: UInt64 = 1
        var dialled: UInt64 = 0
        /// The pool's connections when it began; 0: it is too small to matter.
        var connections: UInt64 = 0
    }

    private struct State: Sendable {
        var wave: Wave?
        var herd: Herd?
    }

    /// The waves of one pool that are large enough, all of about the same age.
    struct Herd: Sendable {
        let pool: PoolID
        var waves: UInt64 = 0
        var closed: UInt64 = 0
        var dialled: UInt64 = 0
        /// Of the largest wave.
        var mostClosed: UInt64 = 0
        var connections: UInt64 = 0
        var age: Duration
        var first: EventReference
        var last: EventReference
    }

    private var pools = PoolColumn(State())
    private let window: UInt64
    private let least: UInt64
    private let share: Double
    /// Ages and moments may differ by this part of the age.
    private static let likeness: UInt64 = 10

    init(_ thresholds: Thresholds) {
        window = thresholds[LifetimeHerdRule.window].clampedNanoseconds
        least = thresholds[LifetimeHerdRule.connections]
        share = thresholds[LifetimeHerdRule.share]
    }

    /// This process closes a socket.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        let (pool, bornAt, now) = (
            core.sockets[socket].use.pool, core.sockets[socket].bornAt, record.header.timestamp_ns
        )
        // What is closed after its first lease has not reached an age: the pool has no room for it among the idle ones.
        guard pool >= 0, bornAt != 0, now > bornAt, core.sockets[socket].use.leases >= 2,
            core.isSoundClose(record, socket)
        else { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        let age = now - bornAt
        let tolerance = min(window, age / Self.likeness)
        if let wave = pools[pool].wave, now.elapsed(since: wave.began.timestamp) <= tolerance,
            max(age, wave.age) - min(age, wave.age) <= tolerance
        {
            pools[pool].wave?.closed &+= 1
            pools[pool].wave?.last = mark
        } else {
            pools[pool].herd = herd(pools[pool], core.pools[Int(pool)].id)
            pools[pool].wave = Wave(began: mark, age: age, last: mark)
        }
        if let wave = pools[pool].wave, wave.closed == max(least, 1) {
            // This one is still there, and what was dialled since is not what there was.
            let old = core.sockets.live.count {
                core.sockets[$0].use.pool == pool && core.sockets[$0].bornAt < wave.began.timestamp
            }
            pools[pool].wave?.connections = UInt64(old) &+ wave.closed &- 1
        }
    }

    /// A socket of the pool is leased for the first time: the pool has dialled it.
    mutating func firstLeased(_ socket: SocketSlot, pool: Int32, _ core: Core) {
        let bornAt = core.sockets[socket].bornAt
        guard let wave = pools[pool].wave, bornAt >= wave.began.timestamp,
            bornAt.elapsed(since: wave.last.timestamp) <= window
        else { return }
        pools[pool].wave?.dialled &+= 1
    }

    /// By pool, in the order of their first use.
    func items(_ core: Core) -> [Herd] {
        core.pools.enumerated().compactMap { index, pool in herd(pools[Int32(index)], pool.id) }
    }

    /// What is known of a pool with the wave that may not have ended.
    private func herd(_ state: State, _ pool: PoolID) -> Herd? {
        guard let wave = state.wave, wave.connections > 0, Double(wave.closed) >= share * Double(wave.connections),
            wave.dialled &* 2 >= wave.closed
        else { return state.herd }
        let age = Duration.nanoseconds(clamping: wave.age)
        var herd = state.herd ?? Herd(pool: pool, age: age, first: wave.began.reference, last: wave.last.reference)
        // Another lifetime than that of the waves before: they were no habit.
        if max(age, herd.age) > min(age, herd.age) * 1.25 {
            herd = Herd(pool: pool, age: age, first: wave.began.reference, last: wave.last.reference)
        }
        herd.waves &+= 1
        herd.closed &+= wave.closed
        herd.dialled &+= wave.dialled
        if wave.closed > herd.mostClosed { (herd.mostClosed, herd.connections) = (wave.closed, wave.connections) }
        herd.last = wave.last.reference
        return herd
    }
}
