// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The look-up of a host's addresses (src/net/lookup.go, Go 1.19 to 1.27).
///
///     func (r *Resolver) lookupIPAddr(ctx context.Context, network, host string) ([]IPAddr, error)
///
/// `LookupHost`, `LookupIP` and every dial pass through it, with the resolver of Go as with that of C; a dial also when
/// the host is an address in numbers.
struct NameLookupCall: RuntimeCall {
    let name = "name look-ups"
    let record = RecordKind.nameLookup
    let function = "net.(*Resolver).lookupIPAddr"
    let entryRole = ps_call_role.name_lookup_begin
    let returnRole: ps_call_role? = .name_lookup_end
}
