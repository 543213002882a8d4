// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
)

// counted is a pool whose library counts for itself.
type counted interface {
	// stats is what the library says: the names are those of the fields of a pool_state record.
	stats() map[string]int64
}

// surplusCloses is how many connections the library closed at their release, as there were idle ones enough.
const surplusCloses = "surplus_closes"

// writeStats keeps what the pool counts, at a moment when nobody takes or gives a connection.
func writeStats(pool pool, path string) error {
	counted, ok := pool.(counted)
	if !ok {
		return nil
	}
	text, err := json.Marshal(counted.stats())
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
