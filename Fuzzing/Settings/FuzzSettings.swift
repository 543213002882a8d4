// SPDX-License-Identifier: Apache-2.0
@testable import PoolAdapters
import Diagnosis

/// libFuzzer's entry: the bytes are what a user writes, a pools file (docs/pools-file.md) and a configuration
/// (docs/configuration.md). What is refused must say why.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        for pool in try PoolsFile(text: bytes, name: "pools.json").pools {
            precondition(!pool.name.isEmpty && !pool.points.isEmpty, "a pool that says nothing was taken")
            for point in pool.points { _ = point.probePoint(id: 0, adapterID: 0, chain: .init(), flags: 0) }
        }
    } catch {
        precondition(!error.description.isEmpty, "refused without a word")
    }
    do {
        _ = try RuleConfiguration(json: bytes)
    } catch {
        precondition(!"\(error)".isEmpty, "refused without a word")
    }
    return 0
}
