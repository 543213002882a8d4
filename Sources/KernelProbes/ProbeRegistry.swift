// SPDX-License-Identifier: Apache-2.0

/// All kernel probes. To add one: `bpf/FOLDER/NAME.bpf.c`, `Probes/NameProbe.swift`, and its line here.
enum ProbeRegistry {
    static let all: [any KernelProbe] = [
        SocketOpenProbe(),
        SocketConnectProbe(),
        SocketAcceptProbe(),
        SocketStateProbe(),
        SocketReceiveProbe(),
        SocketSendProbe(),
        SocketCloseProbe(),
        DescriptorProbe(),
        TaskExitProbe(),
        TaskForkProbe(),
        TaskExecProbe(),
        SocketRetransmitProbe(),
        SocketResetProbe(),
        DatagramDropProbe(),
        SocketListenProbe(),
        SocketOptionProbe(),
        SocketBindProbe(),
        SocketShutdownProbe(),
    ]
}
