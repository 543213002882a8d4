// SPDX-License-Identifier: Apache-2.0

/// All calls of Go's own library that are recorded. To add one: its file in this folder, its role in
/// bpf/include/probe_config.h and bpf/go_call.bpf.c, and its line here.
public enum RuntimeCallRegistry {
    /// In the order in which plans list them.
    public static let all: [any RuntimeCall] = [
        NameLookupCall(),
        TLSHandshakeCall(),
        DeadlineCall(),
    ]
}
