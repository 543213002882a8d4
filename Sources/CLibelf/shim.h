// SPDX-License-Identifier: Apache-2.0
// One module for both libraries of elfutils: libdw's header includes libelf's.
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <libelf.h>
