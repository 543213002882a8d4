// SPDX-License-Identifier: Apache-2.0
import Glibc
import TargetInspection

/// libFuzzer's entry: the bytes are changes to a real Go program (POOLSCOPE_FUZZ_PROGRAM), which is then read as a
/// target is: ELF, build information, function table, module data, probe sites, frames.
///
/// A change is a place (a structure that steers the reading, or anywhere; two bytes of offset in it), a length and the
/// bytes. A whole program as input would be too large to mutate well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExecutable(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Array(UnsafeBufferPointer(start: start, count: count))[...]
    var changes: [Change] = []
    while let change = Change(&input) { changes.append(change) }
    victim.with(changes, inspect)
    return 0
}

private let victim = PatchedProgram()

/// As a recording does before it arms anything.
private func inspect(_ path: String) {
    guard let image = try? ExecutableImage(path: path) else { return }
    _ = image.symbols(named: ["main", "getpid"])
    let info = try? GoBuildInfo(image: image)
    guard let symbols = try? GoSymbolTable(image: image, version: info?.goVersion) else { return }
    let placement = ProbePlacement(image: image)
    for function in symbols.functions(named: ["runtime.main", "main.main"]).values.joined() {
        _ = try? placement.entrySite(of: function)
        _ = try? placement.returnSites(of: function)
    }
    let range = symbols.goTextRange
    for step in 0..<16 {
        let address = range.lowerBound &+ (range.upperBound &- range.lowerBound) / 16 &* UInt64(step)
        _ = symbols.frames(at: address, isReturnAddress: true)
    }
    _ = GoThreadLocal(symbols: symbols)
}
