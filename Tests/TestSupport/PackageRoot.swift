// SPDX-License-Identifier: Apache-2.0

/// The package's folder: tests read documents, examples and fetched toolchains in it, wherever their own file is.
public enum PackageRoot {
    /// Absolute, without a slash at its end; where the sources were when the tests were built.
    public static let path = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}
