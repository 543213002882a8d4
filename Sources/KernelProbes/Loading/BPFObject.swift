// SPDX-License-Identifier: Apache-2.0
import BPFPrograms
import CLibbpf
import Glibc

/// The embedded BPF object, opened by libbpf: programs are chosen, then loaded together, sharing maps. Closed at deinit.
///
/// A class, as links and rings point into it; used from one thread only.
final class BPFObject {
    private let object: OpaquePointer

    /// Opens the object with every program off.
    ///
    /// - Parameter btfPath: a BTF file that describes the running kernel, for kernels without their own.
    init(btfPath: String?) throws(KernelProbeError) {
        LibbpfLog.install()
        _ = LibbpfLog.take()
        var options = bpf_object_open_opts()
        options.sz = MemoryLayout<bpf_object_open_opts>.size
        let name = strdup("poolscope")
        let path = btfPath.flatMap { strdup($0) }
        defer {
            free(name)
            free(path)
        }
        options.object_name = UnsafePointer(name)
        options.btf_custom_path = UnsafePointer(path)
        let opened = BPFPrograms.object().withUnsafeBytes { bytes in
            bpf_object__open_mem(bytes.baseAddress, bytes.count, &options)
        }
        guard let opened else { throw .open(errno: errno, log: LibbpfLog.take()) }
        object = opened
        var program = bpf_object__next_program(object, nil)
        while let current = program {
            bpf_program__set_autoload(current, false)
            program = bpf_object__next_program(object, current)
        }
    }

    deinit { bpf_object__close(object) }

    /// The names of all programs in the object.
    var programNames: [String] {
        var names: [String] = []
        var program = bpf_object__next_program(object, nil)
        while let current = program {
            names.append(String(cString: bpf_program__name(current)))
            program = bpf_object__next_program(object, current)
        }
        return names
    }

    func program(_ name: String) throws(KernelProbeError) -> OpaquePointer {
        guard let program = bpf_object__find_program_by_name(object, name) else {
            throw .missing("BPF program \(name)")
        }
        return program
    }

    func map(_ name: String) throws(KernelProbeError) -> OpaquePointer {
        guard let map = bpf_object__find_map_by_name(object, name) else { throw .missing("map \(name)") }
        return map
    }

    func mapDescriptor(_ name: String) throws(KernelProbeError) -> Int32 {
        bpf_map__fd(try map(name))
    }

    func enable(_ name: String) throws(KernelProbeError) {
        bpf_program__set_autoload(try program(name), true)
    }

    /// Sets the read-only data of one section before load.
    func setReadOnlyData<T>(section: String, _ value: T) throws(KernelProbeError) {
        let map = try map(section)
        let result = withUnsafeBytes(of: value) { bpf_map__set_initial_value(map, $0.baseAddress, $0.count) }
        if result != 0 { throw .map(section, errno: -result) }
    }

    /// Loads the enabled programs. On failure the error names the program that the kernel refused.
    func load() throws(KernelProbeError) {
        _ = LibbpfLog.take()
        let result = bpf_object__load(object)
        guard result == 0 else {
            let log = LibbpfLog.take()
            throw .load(program: LibbpfLog.failedProgram(in: log), errno: -result, log: log)
        }
    }
}
