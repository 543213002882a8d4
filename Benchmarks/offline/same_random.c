/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into poolscope, so that its hash tables are laid out alike in every run, and instructions can be compared: Swift
 * takes random numbers by syscall(SYS_getrandom) (stdlib/public/stubs/Random.cpp), and gets two constants in turn.
 */
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

static const unsigned long words[] = { 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9 };
static unsigned turn;

static long fill(char *bytes, unsigned long count)
{
	for (unsigned long done = 0; done < count; done += sizeof(words[0])) {
		unsigned long left = count - done;
		memcpy(bytes + done, &words[turn++ % 2], left < sizeof(words[0]) ? left : sizeof(words[0]));
	}
	return (long)count;
}

long getrandom(void *bytes, unsigned long count, unsigned flags)
{
	(void)flags;
	return fill(bytes, count);
}

long syscall(long number, ...)
{
	va_list rest;
	long a[6], result;

	va_start(rest, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	if (number == SYS_getrandom)
		return fill((char *)a[0], (unsigned long)a[1]);
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	if (result < 0 && result > -4096) {
		extern int *__errno_location(void);
		*__errno_location() = (int)-result;
		return -1;
	}
	return result;
}
