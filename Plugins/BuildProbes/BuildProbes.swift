// SPDX-License-Identifier: Apache-2.0
import Foundation
import PackagePlugin

/// Compiles `bpf/**/*.bpf.c` with the toolchain's clang during `swift build`.
///
/// All probes are one translation unit, so that they share maps and one BTF: the plugin writes a file that includes
/// each of them, in the order of their names. The object is handed to Swift as a base64 string literal, which compiles
/// at once where an array literal of the same bytes takes minutes. Only the Swift file is declared as output: SwiftPM
/// would copy a declared object file into a resource bundle beside the binary.
@main
struct BuildProbes: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        let probes = files.filter { $0.hasSuffix(".bpf.c") }.sorted { Self.name($0) < Self.name($1) }
        let headers = files.filter { $0.hasSuffix(".h") }
        guard !probes.isEmpty else { throw NoProbes(folder: folder.path) }

        let work = context.pluginWorkDirectoryURL
        let unit = work.appending(path: "poolscope.bpf.c")
        let text = probes.map { "#include \"\(folder.appending(path: $0).path)\"\n" }.joined()
        if (try? String(contentsOf: unit, encoding: .utf8)) != text {
            try text.write(to: unit, atomically: true, encoding: .utf8)
        }
        let object = work.appending(path: "poolscope.bpf.o")
        let output = work.appending(path: "EmbeddedObject.swift")
        let clang = try context.tool(named: "clang").url.path
        let objcopy = try context.tool(named: "llvm-objcopy").url.path
        #if arch(arm64)
            let (machine, triple) = ("arm64", "aarch64-linux-gnu")
        #else
            let (machine, triple) = ("x86", "x86_64-linux-gnu")
        #endif
        // -mcpu=v2: every verifier from 5.10 on accepts it, and clang emits no BPF_ATOMIC instructions (5.12).
        let script = """
            set -e
            '\(clang)' -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers \
                -target bpf -mcpu=v2 -D__TARGET_ARCH_\(machine) \
                -idirafter /usr/include/\(triple) -I '\(folder.path)' -c '\(unit.path)' -o '\(object.path)'
            '\(objcopy)' --strip-debug '\(object.path)'
            { printf 'let embeddedObject: StaticString = "'; base64 -w0 '\(object.path)'; printf '"\\n'; } > '\(output.path)'
            """
        return [
            .buildCommand(
                displayName: "Compiling \(probes.count) BPF probe files",
                executable: URL(fileURLWithPath: "/bin/sh"),
                arguments: ["-c", script],
                inputFiles: (probes + headers).map { folder.appending(path: $0) } + [unit],
                outputFiles: [output])
        ]
    }

    /// The order of the programs in the object does not depend on the folders they lie in.
    private static func name(_ path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }
}

struct NoProbes: Error, CustomStringConvertible {
    let folder: String
    var description: String { "There is no *.bpf.c file in \(folder)." }
}
