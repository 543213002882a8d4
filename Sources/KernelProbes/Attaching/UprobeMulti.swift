// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import Glibc

/// bpf(BPF_LINK_CREATE) with BPF_TRACE_UPROBE_MULTI, which the libbpf of Debian 12 does not wrap.
enum UprobeMulti {
    static let attachType: UInt32 = 48  // BPF_TRACE_UPROBE_MULTI (include/uapi/linux/bpf.h)
    private static let linkCreate: Int32 = 28  // BPF_LINK_CREATE

    /// `union bpf_attr`, member `link_create` with its `uprobe_multi` part.
    private struct Attributes {
        var program: UInt32
        var target: UInt32 = 0
        var attachType = UprobeMulti.attachType
        var flags: UInt32 = 0
        var path: UInt64
        var offsets: UInt64
        var referenceCounterOffsets: UInt64 = 0
        var cookies: UInt64 = 0
        var count: UInt32
        var uprobeFlags: UInt32 = 0
        var process: UInt32
        var padding: UInt32 = 0
    }

    /// - Parameter process: 0: every process that runs the file.
    /// - Returns: the link's descriptor, or -errno.
    static func create(program: Int32, path: String, offsets: [UInt64], process: Int32) -> Int32 {
        path.withCString { path in
            offsets.withUnsafeBufferPointer { offsets in
                var attributes = Attributes(
                    program: UInt32(program), path: UInt64(UInt(bitPattern: path)),
                    offsets: UInt64(UInt(bitPattern: offsets.baseAddress)), count: UInt32(offsets.count),
                    process: UInt32(process))
                return ps_bpf(linkCreate, &attributes, UInt32(MemoryLayout<Attributes>.size))
            }
        }
    }
}
