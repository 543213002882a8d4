/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_KERNEL_READ_BPF_H
#define POOLSCOPE_KERNEL_READ_BPF_H
/* How a field of the kernel is read. */
#include "include/probe_config.h"

const volatile struct ps_config config SEC(".rodata.config");

/*
 * Since 6.2 a pointer may be read as what it is said to be ("bpf: Add kfunc bpf_rdonly_cast()"): plain loads, where
 * each bpf_probe_read_kernel costs about 11 ns. Weak: older kernels never come to a call of it.
 */
extern void *bpf_rdonly_cast(void *object, u32 type) __ksym __weak;

#define TYPED(pointer, type) ((type *)bpf_rdonly_cast((void *)(pointer), bpf_core_type_id_kernel(type)))

/*
 * A field, also one of a member, of what a pointer points to; zero where it cannot be read. The verifier takes out the way
 * that the kernel does not go.
 */
#define READ(pointer, field)                                                                                           \
	(config.has_typed_reads ? TYPED(pointer, __typeof__(*(pointer)))->field : BPF_CORE_READ(pointer, field))

/*
 * A field that is a pointer, to be reckoned with, kept or followed. Where a load is of a known type, the verifier knows what it
 * loads, and allows nothing but to follow it. So the word is read as if it were the first of another struct, a number.
 */
#define READ_POINTER(pointer, field)                                                                                   \
	((__typeof__((pointer)->field))read_word((void *)(pointer) +                                                   \
						 bpf_core_field_offset(__typeof__(*(pointer)), field)))

static __always_inline u64 read_word(void *address)
{
	u64 word = 0;
	if (config.has_typed_reads)
		return TYPED(address, struct pt_regs)->r15;
	bpf_probe_read_kernel(&word, sizeof(word), address);
	return word;
}

#endif
