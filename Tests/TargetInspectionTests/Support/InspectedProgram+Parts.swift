// SPDX-License-Identifier: Apache-2.0

/// The parts of the program that not every build has, or that Go cannot say.
extension InspectedProgram {
    static let assembly = """
        #include "textflag.h"

        // func getg() uintptr
        TEXT ·getg(SB), NOSPLIT, $0-8
        	MOVQ (TLS), AX
        	MOVQ AX, ret+0(FP)
        	RET

        """

    static let tls = """
        //go:build withtls

        package main

        import (
        	"crypto/tls"
        	"net"
        )

        func init() {
        	overTLS = func(c net.Conn) net.Conn { return tls.Client(c, &tls.Config{}) }
        }

        """
}
