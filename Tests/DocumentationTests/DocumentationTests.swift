// SPDX-License-Identifier: Apache-2.0
import Glibc
import Diagnosis
import Testing
import TestSupport

/// Holds the documents to the tree: what they name is there.
@Suite(.timeLimit(.minutes(15))) struct DocumentationTests {
    private static let root = PackageRoot.path
    /// Every document of the tree.
    private static let documents =
        entries("").filter { $0.hasSuffix(".md") } + ["bpf/README.md", "Tests/README.md", "Examples/traces/README.md"]
        + files("docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    /// The first part of a path in the tree. Anything else in backticks is a command, a key, or a file of the user's.
    private static let folders = [
        "Sources", "Tests", "bpf", "docs", "scripts", "Examples", "Plugins", "Benchmarks", "Fuzzing", ".ci",
    ]

    @Test("Every file and folder in backticks exists", arguments: documents)
    func paths(_ document: String) throws {
        let text = try Self.text(document)
        var checked = 0
        // Fenced blocks first: in them the backticks do not pair up, but paths stand there too.
        let inFences = Self.parts(of: text, between: "```").flatMap { $0.split { $0.isWhitespace } }.map(String.init)
        let quoted = text.split(separator: "\n").flatMap { Self.parts(of: String($0), between: "`") }
        for path in inFences + quoted where Self.isPath(path) {
            #expect(Self.exists(path), "\(document) names \(path)")
            checked += 1
        }
        if document == "ARCHITECTURE.md" { #expect(checked > 40, "the paths were not found in the text") }
    }

    @Test("Every link to a file works", arguments: documents)
    func links(_ document: String) throws {
        let folder = document.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        for part in try Self.text(document).split(separator: "](").map(String.init).dropFirst() {
            let target = part.prefix { $0 != ")" && $0 != "#" }
            guard !target.isEmpty, !target.hasPrefix("http") else { continue }
            #expect(Self.exists(folder + target), "\(document) links to \(target)")
        }
    }

    @Test("Every top-level folder of the sources stands in ARCHITECTURE.md")
    func folders() throws {
        let text = try Self.text("ARCHITECTURE.md")
        for module in Self.entries("Sources") where !module.hasPrefix("C") || module == "CSystemCalls" {
            #expect(text.contains("`Sources/\(module)`"), "\(module)")
        }
    }

    @Test("Every rule has its page, and every page its rule", arguments: RuleRegistry.all.map(\.id))
    func rules(_ id: String) throws {
        let page = try #require(Self.rulePages.first { $0.hasSuffix("/\(id).md") }, "\(id) has no page")
        #expect(try Self.text("docs/rules/\(page)").hasPrefix("# \(id)"))
        let topic = page.prefix { $0 != "/" }
        #expect(try Self.text("README.md").contains("(docs/rules/\(topic))"), "the README leads to every topic")
    }

    @Test("Every page is of a rule, in the folder of its topic", arguments: rulePages)
    func pages(_ page: String) throws {
        let parts = page.split(separator: "/").map(String.init)
        try #require(parts.count == 2, "\(page) is in no topic")
        #expect(RuleRegistry.all.contains { "\($0.id).md" == parts[1] }, "\(page)")
        let topic = parts[0].prefix(1).uppercased() + parts[0].dropFirst()
        #expect(Self.exists("Sources/Diagnosis/Detectors/\(topic)"), "\(page)")
    }

    @Test("Every file of bpf has the licence of bpf/LICENSE, every other source Apache-2.0")
    func licences() throws {
        let kernelSide = Self.files("bpf")
        #expect(kernelSide.count > 40)
        for name in kernelSide where name.hasSuffix(".c") || name.hasSuffix(".h") {
            let line = try Self.text("bpf/\(name)").prefix { $0 != "\n" }
            // Swift imports the headers of the records, too.
            if name.hasPrefix("include/") {
                #expect(line.hasPrefix("/* SPDX-License-Identifier: ") && line.contains("Apache-2.0"), "\(name)")
            } else {
                #expect(line == "/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */", "\(name)")
            }
        }
        for module in Self.entries("Sources") {
            for name in Self.files("Sources/\(module)") where name.hasSuffix(".swift") {
                #expect(
                    try Self.text("Sources/\(module)/\(name)").hasPrefix("// SPDX-License-Identifier: Apache-2.0\n"),
                    "\(module)/\(name)")
            }
        }
    }

    private static let rulePages = files("docs/rules")

    private static func isPath(_ text: String) -> Bool {
        guard let first = text.split(separator: "/", omittingEmptySubsequences: false).first else { return false }
        let isInTree = folders.contains(String(first)) && (text.contains("/") || text == first)
        let isTopLevel = text == "Makefile" || text == "Package.swift" || text.hasSuffix(".md") && !text.contains("/")
        let allowed = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
        return (isInTree || isTopLevel) && allowed && !text.contains("NAME") && !text.contains("TOPIC")
    }

    /// A source may be named without its suffix.
    private static func exists(_ path: String) -> Bool {
        ["", ".swift"].contains { access("\(root)/\(path)\($0)", F_OK) == 0 }
    }

    /// What stands between the first and second mark, the third and fourth, ...
    private static func parts(of text: String, between mark: String) -> [String] {
        text.split(separator: mark, omittingEmptySubsequences: false).map(String.init).enumerated().filter {
            $0.offset % 2 == 1
        }.map(\.element)
    }

    private static func text(_ path: String) throws -> String {
        let file = try #require(fopen("\(root)/\(path)", "re"), "there is no \(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entries(_ path: String) -> [String] {
        guard let folder = opendir("\(root)/\(path)") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The paths of all files below a folder, relative to it.
    private static func files(_ path: String) -> [String] {
        entries(path).flatMap { name in
            let below = files("\(path)/\(name)")
            return below.isEmpty ? [name] : below.map { "\(name)/\($0)" }
        }
    }
}
