// SPDX-License-Identifier: Apache-2.0

/// What this build was made from.
public enum BuildCommit {
    /// The abbreviated hash, such as `966c15f`. `nil` for a build outside a git repository, as from an archive.
    public static let name: String? = checkedOut.isEmpty ? nil : checkedOut
}
