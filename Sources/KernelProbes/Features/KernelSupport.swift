// SPDX-License-Identifier: Apache-2.0

/// What the kernel answered when asked for a capability. Never derived from a version number.
public enum KernelSupport: Sendable, Equatable {
    case supported
    /// With the reason, and the first version that has it where that explains.
    case unsupported(String)
    /// The question could not be put.
    case undetermined(String)

    /// `false` also where the question could not be put.
    public var isSupported: Bool { self == .supported }

    /// The reason against it; `nil` when supported.
    public var reason: String? {
        switch self {
        case .supported: nil
        case .unsupported(let reason), .undetermined(let reason): reason
        }
    }
}
