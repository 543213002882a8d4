// SPDX-License-Identifier: Apache-2.0

/// What is known of a lease's connection at the acquire.
public struct ConnectionUse: Hashable, Sendable {
    /// `true`: opened in the trace and not leased before. `false`: leased before, or older than the trace. `nil`: not
    /// known.
    public var isNew: Bool?
    /// Since its socket was opened; `nil`: not known.
    public var age: Duration?
    /// `false`: it is at least `age` old, as it was there before the trace or when it was first seen.
    public var isAgeExact: Bool
    /// The how-manieth lease of the connection this is, from 1.
    public var number: UInt64
    /// `false`: there may have been leases before the trace.
    public var isNumberExact: Bool
    /// The acquire opened or connected a socket itself.
    public var isDialled: Bool

    public init(
        isNew: Bool? = nil, age: Duration? = nil, isAgeExact: Bool = false, number: UInt64 = 1,
        isNumberExact: Bool = false, isDialled: Bool = false
    ) {
        self.isNew = isNew
        self.age = age
        self.isAgeExact = isAgeExact
        self.number = number
        self.isNumberExact = isNumberExact
        self.isDialled = isDialled
    }
}
