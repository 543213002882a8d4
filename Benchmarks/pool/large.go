// SPDX-License-Identifier: Apache-2.0

//go:build large

package main

import (
	_ "embed"
	"os"

	"example.org/overhead/pool/generated"
)

//go:embed generated/ballast
var ballast string

// keepLarge keeps the linker from dropping what makes the binary large.
func keepLarge() {
	if len(ballast) == 0 || generated.Call(-len(os.Args)) != 0 {
		panic("the large binary was built without its ballast")
	}
}
