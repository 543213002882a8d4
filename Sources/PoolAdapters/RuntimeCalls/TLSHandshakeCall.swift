// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection
import TraceModel

/// The client's part of a TLS handshake (src/crypto/tls/handshake_client.go, Go 1.19 to 1.27): once a connection, while
/// `handshakeContext` is called before every read and write.
///
///     func (c *Conn) clientHandshake(ctx context.Context) (err error)
struct TLSHandshakeCall: RuntimeCall {
    let name = "TLS handshakes"
    let record = RecordKind.tlsHandshake
    let function = "crypto/tls.(*Conn).clientHandshake"
    let entryRole = ps_call_role.handshake_begin
    let returnRole: ps_call_role? = .handshake_end
    let object: GoStructureName? = GoStructureName(package: "crypto/tls", name: "Conn")
}
