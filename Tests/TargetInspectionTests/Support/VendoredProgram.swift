// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestSupport

/// A program built without modules that has two copies of one package, each brought along by another, with different
/// types; the package's path ends in a version after a dot, which the linker escapes.
enum VendoredProgram {
    static let package = "example.org/pool.v1"
    static let copies = ["app/sub/vendor/", "app/vendor/"]

    private static func pool(_ front: String) -> String {
        """
        package pool

        type Pool struct {
        \t\(front)
        \tOpen int
        }

        //go:noinline
        func (p *Pool) Get() int { return p.Open + 1 }

        func New(open int) *Pool { return &Pool{Open: open} }
        """
    }

    private static let files = [
        "app/vendor/\(package)/pool.go": pool("front [3]int"),
        "app/sub/vendor/\(package)/pool.go": pool("front [5]int"),
        "app/sub/sub.go": """
        package sub

        import "example.org/pool.v1"

        var kept = pool.New(20)

        func Use() (any, int) { kept = pool.New(20); return kept, kept.Get() }
        """,
        "app/main.go": """
        package main

        import (
        \t"app/sub"
        \t"example.org/pool.v1"
        \t"fmt"
        \t"io"
        \t"os"
        )

        func main() {
        \tkept := pool.New(10)
        \tother, count := sub.Use()
        \tfmt.Printf("%p %p %d\\n", other, kept, kept.Get()+count)
        \tio.Copy(io.Discard, os.Stdin)
        }
        """,
    ]

    /// The path of the program, built by a toolchain.
    static func path(_ toolchain: GoToolchain) throws -> String {
        let folder = "\(GoToolchain.cacheFolder)/inspected/vendored-\(toolchain.version)"
        for (name, text) in files {
            let path = "\(folder)/src/\(name)"
            try PipedProcess.run(["mkdir", "-p", String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])])
            guard let file = fopen(path, "w") else {
                throw ChildProcess.Failure(description: "\(path) cannot be written: errno \(errno)")
            }
            fputs(text + "\n", file)
            fclose(file)
        }
        try PipedProcess.run(
            ["env", "-C", "\(folder)/src/app", toolchain.tool, "build", "-ldflags=-s -w", "-o", "\(folder)/app", "."],
            environment: [
                "CGO_ENABLED": "0", "GOCACHE": GoToolchain.cacheFolder + "/go-build", "GOTOOLCHAIN": "local",
                "GOPROXY": "off", "GOFLAGS": "", "GO111MODULE": "off", "GOPATH": folder,
            ])
        return "\(folder)/app"
    }
}
