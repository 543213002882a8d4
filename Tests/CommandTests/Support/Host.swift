// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

/// What can be tested here. With POOLSCOPE_REQUIRE_KERNEL_TESTS everything is, and fails where it cannot be.
enum Host {
    private static let isRequired = getenv("POOLSCOPE_REQUIRE_KERNEL_TESTS") != nil

    /// Asked of poolscope itself.
    static let canRecord = isRequired || (try? Poolscope.run(["doctor"]).exitCode) == 0
    static let cannotRecord: Comment = "nothing can be recorded here: see poolscope doctor"

    static let isRoot = isRequired || geteuid() == 0
    static let isNotRoot: Comment = "only root can become an ordinary user, or read any process"

    /// Runs a program as a user without any privileges.
    static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    static let canBecomeNobody = isRequired || (geteuid() == 0 && canRun(["setpriv", "--version"]))
    static let cannotBecomeNobody: Comment = "needs root, and setpriv (util-linux)"

    static let hasCompiler = isRequired || canRun(["cc", "--version"])
    static let hasNoCompiler: Comment = "needs cc"

    static func canRun(_ command: [String]) -> Bool {
        let process = try? ChildProcess(command, output: "/dev/null", error: "/dev/null")
        return (try? process?.exitCode()) == 0
    }
}
