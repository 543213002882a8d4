// SPDX-License-Identifier: Apache-2.0

/// How requests of one size to one peer fare, for the sizes that are most in use: what is never answered asks for nothing.
struct DatagramKinds {
    private static let limit = 32

    struct Kind {
        var size: UInt32
        var answered: UInt64 = 0
        var unanswered: UInt64 = 0

        /// Answered often enough to say that an answer is what it asks for.
        var isRequest: Bool { answered >= 3 && answered &* 3 >= unanswered }
    }

    private var kinds: [Kind] = []

    /// Returns whether the size is one of requests, this one not counted.
    mutating func add(_ size: UInt32, isAnswered: Bool) -> Bool {
        let place = kinds.firstIndex { $0.size == size } ?? enter(size)
        let isRequest = kinds[place].isRequest
        if isAnswered { kinds[place].answered &+= 1 } else { kinds[place].unanswered &+= 1 }
        return isRequest
    }

    private mutating func enter(_ size: UInt32) -> Int {
        if kinds.count < Self.limit {
            kinds.append(Kind(size: size))
            return kinds.count - 1
        }
        var rarest = 0
        for place in kinds.indices {
            let (one, other) = (kinds[place], kinds[rarest])
            if one.answered &+ one.unanswered < other.answered &+ other.unanswered { rarest = place }
        }
        kinds[rarest] = Kind(size: size)
        return rarest
    }
}
