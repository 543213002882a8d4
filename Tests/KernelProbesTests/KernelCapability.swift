// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelProbes
import Testing

/// Whether BPF can be tested here. With POOLSCOPE_REQUIRE_KERNEL_TESTS the tests run, and fail, instead of skipping.
enum KernelCapability {
    static let features = KernelFeatures()
    static let isThere = getenv("POOLSCOPE_REQUIRE_KERNEL_TESTS") != nil || features.bpf.isSupported
    static let reason = Comment(rawValue: "no BPF here: \(features.bpf.reason ?? "")")
}
