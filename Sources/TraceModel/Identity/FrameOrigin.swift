// SPDX-License-Identifier: Apache-2.0

/// Whose code a stack frame is.
public enum FrameOrigin: String, Sendable {
    case runtime
    case standardLibrary = "standard library"
    /// A driver, pool or mapper whose frames say nothing about who leaks.
    case library
    case application
    /// The address has no symbol.
    case unknown

    /// Classifies a function by its full Go name, such as `github.com/lib/pq.(*conn).Query`.
    ///
    /// - Parameter libraries: the Go modules of libraries, as the plan lists them.
    public init(function: String, libraries: [String]) {
        let package = Self.package(of: function)
        let root = package.prefix { $0 != "/" }
        if function.hasPrefix("0x") {
            self = .unknown
        } else if root == "runtime" {
            self = .runtime
        } else if Self.standardRoots.contains(String(root)) {
            self = .standardLibrary
        } else if Self.isAny(of: libraries, Self.withoutVendor(package)) {
            self = .library
        } else {
            self = .application
        }
    }

    private static func isAny(of modules: [String], _ package: Substring) -> Bool {
        modules.contains { package == $0 || package.hasPrefix($0) && package.dropFirst($0.count).first == "/" }
    }

    /// A package that another brought along is itself: `github.com/lib/pq` of `x/vendor/github.com/lib/pq`.
    private static func withoutVendor(_ package: String) -> Substring {
        var own = package[...]
        var rest = own
        // By elements of the path: `xvendor/` is none.
        while let slash = rest.firstIndex(of: "/") {
            let isVendor = rest[..<slash] == "vendor"
            rest = rest[rest.index(after: slash)...]
            if isVendor { own = rest }
        }
        return own
    }

    /// The package path: up to the first dot after the last slash, where receivers and type arguments do not count.
    static func package(of function: String) -> String {
        let head = function.prefix { $0 != "(" && $0 != "[" }
        let slash = head.lastIndex(of: "/").map { head.index(after: $0) } ?? head.startIndex
        let dot = head[slash...].firstIndex(of: ".") ?? head.endIndex
        return String(head[..<dot])
    }

    /// The top folders of Go's standard library (`go list std`), without `runtime` and `main`.
    private static let standardRoots: Set<String> = [
        "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed",
        "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter",
        "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "slices", "sort", "strconv",
        "strings", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "vendor", "weak",
    ]
}
