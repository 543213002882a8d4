// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CSystemCalls
import Glibc

/// One attached program. Detaches when destroyed.
final class BPFLink {
    private enum Handle {
        case libbpf(OpaquePointer)
        case descriptor(Int32)
    }

    /// `nil`: another has it.
    private var handle: Handle?
    /// What the link is attached to; goes after it.
    private let event: KretprobeEvent?
    /// The perf event of a tracepoint; `nil`: it is attached to another thing.
    private let eventDescriptor: Int32?

    private init(_ handle: Handle, event: KretprobeEvent? = nil, eventDescriptor: Int32? = nil) {
        self.handle = handle
        self.event = event
        self.eventDescriptor = eventDescriptor
    }

    deinit {
        switch handle {
        case .libbpf(let link): bpf_link__destroy(link)
        case .descriptor(let descriptor): close(descriptor)
        case nil: break
        }
    }

    /// Gives away what a tracepoint's link consists of: the program runs until `program` is closed, and the tracepoint is
    /// switched on until `event` is.
    ///
    /// `nil`: it is attached to another thing, or the kernel has no links to perf events (before 5.15).
    func surrender() -> (program: Int32, event: Int32)? {
        guard case .libbpf(let link)? = handle, let eventDescriptor else { return nil }
        let program = bpf_link__fd(link)
        guard program >= 0, program != eventDescriptor else { return nil }
        handle = nil
        bpf_link__disconnect(link)
        bpf_link__destroy(link)
        return (program, eventDescriptor)
    }

    /// Attaches by the program's section: fentry, fexit, kprobe, kretprobe, tracepoint, raw_tracepoint.
    ///
    /// - Parameter maximumReturns: how many calls of a function with a kretprobe may be in flight.
    static func attach(
        _ program: OpaquePointer, maximumReturns: Int = KretprobeEvent.maximumCalls
    ) throws(KernelProbeError) -> BPFLink {
        let section = String(cString: bpf_program__section_name(program))
        if section.hasPrefix("tracepoint/") {
            return try traceEvent(program, String(section.dropFirst("tracepoint/".count)))
        }
        // Only an event in tracefs has room for many calls in flight. Where there is none, libbpf's way must do.
        if section.hasPrefix("kretprobe/"),
            let event = KretprobeEvent(
                function: String(section.dropFirst("kretprobe/".count)), calls: maximumReturns),
            let link = try? traceEvent(program, event.name, event: event)
        {
            return link
        }
        guard let link = bpf_program__attach(program) else { throw .attach(section, errno: errno) }
        return BPFLink(.libbpf(link))
    }

    /// Attaches to an event of tracefs, such as `syscalls/sys_enter_close`. libbpf would look only where hosts usually
    /// mount tracefs.
    private static func traceEvent(
        _ program: OpaquePointer, _ name: String, event: KretprobeEvent? = nil
    ) throws(KernelProbeError) -> BPFLink {
        guard let id = TraceFilesystem.eventID(name) else { throw .attach("tracepoint \(name)", errno: ENOENT) }
        var attributes = perf_event_attr()
        attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
        attributes.type = UInt32(PERF_TYPE_TRACEPOINT.rawValue)
        attributes.config = id
        // CPU 0 of any process is what perf wants to hear: a BPF program on such an event runs on all CPUs.
        let descriptor = ps_perf_event_open(&attributes, -1, 0)
        guard descriptor >= 0 else { throw .attach("tracepoint \(name)", errno: -descriptor) }
        guard let link = bpf_program__attach_perf_event(program, descriptor) else {
            let number = errno
            close(descriptor)
            throw .attach("tracepoint \(name)", errno: number)
        }
        return BPFLink(.libbpf(link), event: event, eventDescriptor: event == nil ? descriptor : nil)
    }

    /// Attaches to one instruction of a file, in one process, by a perf event.
    static func uprobe(
        _ program: OpaquePointer, process: Int32, path: String, offset: UInt64
    ) throws(KernelProbeError) -> BPFLink {
        guard let link = bpf_program__attach_uprobe(program, false, process, path, Int(offset)) else {
            throw .attach("uprobe at \(path)+0x\(String(offset, radix: 16))", errno: errno)
        }
        return BPFLink(.libbpf(link))
    }

    /// Takes over a link that was made by bpf(BPF_LINK_CREATE).
    static func adopting(descriptor: Int32) -> BPFLink { BPFLink(.descriptor(descriptor)) }
}
