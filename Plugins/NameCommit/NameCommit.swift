// SPDX-License-Identifier: Apache-2.0
import Foundation
import PackagePlugin

/// Writes the commit that is checked out into a Swift file, for `poolscope --version`.
///
/// The command runs again when git's log of HEAD has grown: at a commit, checkout, reset or rebase. SwiftPM keeps the
/// result of a prebuild command for as long as no file was added or removed, so one would name an old commit. Only what
/// imports BuildCommit is compiled again. Changes that are not committed are not named.
@main
struct NameCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "CheckedOut.swift")
        // In the root's own repository alone: an unpacked archive may lie in somebody else's. It has no commit.
        let script = """
            set -e
            cd '\(root.path)'
            commit=
            if [ -e .git ]; then commit=$(git rev-parse --short=7 HEAD 2>/dev/null) || commit=; fi
            printf '/// Empty where it is not known.\\nlet checkedOut = "%s"\\n' "$commit" >'\(output.path)'
            """
        return [
            .buildCommand(
                displayName: "Naming the commit",
                executable: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script],
                inputFiles: headLog(of: root).map { [$0] } ?? [], outputFiles: [output])
        ]
    }

    private func headLog(of root: URL) -> URL? {
        let entry = root.appending(path: ".git")
        var folder = entry
        // In a linked work tree `.git` is a file that names the folder.
        if let text = try? String(contentsOf: entry, encoding: .utf8), text.hasPrefix("gitdir: ") {
            let path = text.dropFirst("gitdir: ".count).trimmingCharacters(in: .whitespacesAndNewlines)
            folder = URL(fileURLWithPath: path, relativeTo: root)
        }
        let log = folder.appending(path: "logs/HEAD").standardizedFileURL
        return FileManager.default.fileExists(atPath: log.path) ? log : nil
    }
}
