// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc

/// What the kernel's name of a socket's protocol (`struct proto.name`) says about it.
///
/// Every socket tells it, whichever family and namespace it is of, as the extended attribute `system.sockprotoname`
/// (net/socket.c, `sockfs_xattr_get`). It is the last resort for sockets that no dump lists: those neither bound nor
/// connected, and those of netlink, packet, vsock and other families.
struct SocketProtocolName: Sendable, Equatable {
    var family: UInt16
    /// SOCK_*; 0: the name does not tell.
    var type: UInt16 = 0
    /// IPPROTO_*; 0: none, or the name does not tell.
    var transport: UInt16 = 0

    /// Asks the descriptor at `path`; `nil`: it is gone, or its protocol is none of the known ones.
    init?(path: String) {
        let name: String? = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            let count = getxattr(path, "system.sockprotoname", buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: buffer[..<count].prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let name, let known = Self.known[name] else { return nil }
        self = known
    }

    init(family: UInt16, type: UInt16 = 0, transport: UInt16 = 0) {
        self.family = family
        self.type = type
        self.transport = transport
    }

    /// Families and types by number, as the kernel's ABI has them: AF_INET 2, AF_INET6 10; SOCK_STREAM 1 ...
    private static let known: [String: Self] = [
        "TCP": Self(family: 2, type: 1, transport: 6),
        "TCPv6": Self(family: 10, type: 1, transport: 6),
        "MPTCP": Self(family: 2, type: 1, transport: InetDiagnosis.multipathTCP),
        "MPTCPv6": Self(family: 10, type: 1, transport: InetDiagnosis.multipathTCP),
        "SMC": Self(family: 43, type: 1),
        "SCTP": Self(family: 2, transport: 132),
        "SCTPv6": Self(family: 10, transport: 132),
        "UDP": Self(family: 2, type: 2, transport: 17),
        "UDPv6": Self(family: 10, type: 2, transport: 17),
        "UDP-Lite": Self(family: 2, type: 2, transport: 136),
        "UDPLITEv6": Self(family: 10, type: 2, transport: 136),
        "PING": Self(family: 2, type: 2, transport: 1),
        "PINGv6": Self(family: 10, type: 2, transport: 58),
        "RAW": Self(family: 2, type: 3),
        "RAWv6": Self(family: 10, type: 3),
        "UNIX": Self(family: 1),
        "UNIX-STREAM": Self(family: 1, type: 1),
        "NETLINK": Self(family: 16),
        "PACKET": Self(family: 17),
        "KEY": Self(family: 15),
        "CAN_RAW": Self(family: 29, type: 3),
        "TIPC": Self(family: 30),
        "ALG": Self(family: 38),
        "AF_VSOCK": Self(family: 40),
        "XDP": Self(family: 44),
    ]
}
