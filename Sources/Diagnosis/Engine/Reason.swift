// SPDX-License-Identifier: Apache-2.0

/// Why a rule was not evaluated, or what its verdict does not cover.
public struct Reason: Hashable, Sendable {
    public var kind: Kind
    /// A sentence for people, with the numbers.
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The raw value is the name in JSON.
    public enum Kind: String, CaseIterable, Sendable {
        /// The recorder did not record what the rule needs.
        case notTraced = "not_traced"
        case recordsLost = "records_lost"
        /// The trace ends too early.
        case tooShort = "too_short"
        /// Not enough leases, round trips or closes to judge.
        case tooFew = "too_few"
        /// The trace has nothing that the rule could judge: no pool, no handshake, no connection.
        case nothingThere = "nothing_there"
        /// Beyond what poolscope keeps or lists.
        case cutOff = "cut_off"
        /// The sockets, the server or the pool's maximum are not known.
        case unknown
        /// It looks like the failure, and something else explains it as well.
        case otherExplanation = "other_explanation"
    }
}

extension Reason {
    public static func notTraced(_ text: String) -> Reason { Reason(.notTraced, text) }
    public static func recordsLost(_ text: String) -> Reason { Reason(.recordsLost, text) }
    public static func tooShort(_ text: String) -> Reason { Reason(.tooShort, text) }
    public static func tooFew(_ text: String) -> Reason { Reason(.tooFew, text) }
    public static func nothingThere(_ text: String) -> Reason { Reason(.nothingThere, text) }
    public static func cutOff(_ text: String) -> Reason { Reason(.cutOff, text) }
    public static func unknown(_ text: String) -> Reason { Reason(.unknown, text) }
    public static func otherExplanation(_ text: String) -> Reason { Reason(.otherExplanation, text) }
}
