// SPDX-License-Identifier: Apache-2.0

/// What a detector knows of each pool: a column beside the core's list, from which no pool is ever removed.
struct PoolColumn<Value: Sendable>: Sendable {
    private var values: [Value] = []
    private let initial: Value

    init(_ initial: Value) { self.initial = initial }

    /// Of the pools of which something was noted, and those before them.
    var all: [Value] { values }

    subscript(pool: Int32) -> Value {
        @inline(__always) get { Int(pool) < values.count ? values[Int(pool)] : initial }
        @inline(__always) _modify {
            if Int(pool) >= values.count { enter(pool) }
            yield &values[Int(pool)]
        }
    }

    private mutating func enter(_ pool: Int32) {
        values.append(contentsOf: repeatElement(initial, count: Int(pool) + 1 - values.count))
    }
}
