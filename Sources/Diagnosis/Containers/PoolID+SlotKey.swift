// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension PoolID: SlotKey {
    var words: (UInt64, UInt64) { (address, UInt64(adapterID)) }
}
