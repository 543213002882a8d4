// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection

extension ps_pointer_hop {
    /// `nil`: more pointers on the way than the kernel side follows.
    init?(_ hop: PointerHop) {
        guard hop.dereferenceOffsets.count <= Int(PS_HOP_DEREFERENCES) else { return nil }
        self.init()
        dereference_count = UInt32(hop.dereferenceOffsets.count)
        withUnsafeMutableBytes(of: &dereference_offsets) { bytes in
            hop.dereferenceOffsets.withUnsafeBytes { bytes.copyMemory(from: $0) }
        }
        switch hop.terminal {
        case .interface(let offset): (end, end_offset) = (.interface, offset)
        case .any(let offset): (end, end_offset) = (.any, offset)
        case .descriptor(let offset): (end, end_offset) = (.descriptor, offset)
        }
    }
}
