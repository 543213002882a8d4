/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long an addition takes that waits for the one before it, in ns: one clock cycle, as long as nobody else has a part in
 * the processor. What scatters here scatters in all that is measured.
 */
#include <stdio.h>
#include <time.h>

#define ADDITIONS 200000000u

int main(void)
{
	struct timespec begin, end;
	unsigned long sum = 1;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (unsigned int done = 0; done < ADDITIONS; done++) {
		sum += done;
		__asm__ volatile("" : "+r"(sum));
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.3f\n", ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / ADDITIONS);
	return 0;
}
