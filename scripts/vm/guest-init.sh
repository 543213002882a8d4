#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest's init: mounts what the tests need, runs them, leaves everything they write in /results, powers off.
export PATH=/bin:/sbin HOME=/ LANG=C
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mkdir -p /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
chmod 1777 /dev/shm /tmp
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
ip link set lo up
hostname guest
chown -R postgres:postgres /srv

uname -r >/results/kernel
sh /guest-tests.sh >/results/guest.log 2>&1
echo $? >/results/guest.status
dmesg | tail -n 50 >/results/dmesg
sync
mount -o remount,ro /
poweroff -f
