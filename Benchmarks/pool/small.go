// SPDX-License-Identifier: Apache-2.0

//go:build !large

package main

func keepLarge() {}
