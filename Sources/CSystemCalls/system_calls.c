/* SPDX-License-Identifier: Apache-2.0 */
#include "system_calls.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

int ps_stop_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return descriptor < 0 ? -errno : descriptor;
}

int ps_keep_capabilities(unsigned long long capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		data[word].effective = (unsigned int)(capabilities >> (32 * word));
		data[word].permitted = data[word].effective;
	}
	if (syscall(SYS_capset, &header, data))
		return -errno;
	/* Without it, a program that root executes would get all of them back. */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}
