// SPDX-License-Identifier: Apache-2.0

/// How often something happened in the last 60 seconds, by the second.
struct MinuteCount {
    private var seconds: [UInt32] = []
    private var latest: UInt64 = 0
    private(set) var total: UInt64 = 0

    mutating func add(at now: UInt64) {
        advance(to: now / 1_000_000_000)
        seconds[Int(latest % 60)] &+= 1
        total &+= 1
    }

    /// Takes back one of this second or the one before.
    mutating func takeBack(at now: UInt64) {
        if seconds.isEmpty { return }
        advance(to: now / 1_000_000_000)
        for second in [latest, latest &- 1] where seconds[Int(second % 60)] > 0 {
            seconds[Int(second % 60)] &-= 1
            total &-= 1
            return
        }
    }

    private mutating func advance(to second: UInt64) {
        if seconds.isEmpty {
            seconds = [UInt32](repeating: 0, count: 60)
            latest = second
        }
        while latest < second {
            if second - latest >= 60 {
                for place in seconds.indices { seconds[place] = 0 }
                total = 0
                latest = second
                return
            }
            latest &+= 1
            total &-= UInt64(seconds[Int(latest % 60)])
            seconds[Int(latest % 60)] = 0
        }
    }
}
