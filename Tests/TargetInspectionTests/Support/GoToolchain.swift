// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

/// The Go toolchains that tests build with: Debian's, and those that scripts/fetch-go.sh fetched.
struct GoToolchain: Sendable, Hashable, CustomTestStringConvertible {
    /// Such as `1.24.11`.
    let version: String
    let tool: String

    var minor: Int { Int(version.split(separator: ".")[1]) ?? 0 }
    var testDescription: String { "Go \(version)" }

    static var cacheFolder: String { PackageRoot.path + "/.cache" }

    /// CI sets it: a missing toolchain is a failure then, not a skip.
    static var isRequired: Bool { getenv("POOLSCOPE_REQUIRE_GO").map { String(cString: $0) } == "1" }

    /// One of each set of layouts; oldest first.
    private static let fetched = ["1.21.13", "1.24.11", "1.26.6", "1.27.3"]

    private static let wanted: [GoToolchain] = {
        let folder = getenv("POOLSCOPE_GO_CACHE").map { String(cString: $0) } ?? cacheFolder + "/go"
        return [GoToolchain(version: "1.19.8", tool: "/usr/lib/go-1.19/bin/go")]
            + fetched.map { GoToolchain(version: $0, tool: "\(folder)/\($0)/go/bin/go") }
    }()

    /// Those that are there.
    static let all = wanted.filter { access($0.tool, X_OK) == 0 }

    /// The versions of those that are not.
    static let missing = wanted.filter { access($0.tool, X_OK) != 0 }.map(\.version)

    static let skipReason = "no Go toolchain: install golang-go and run scripts/fetch-go.sh"
}
