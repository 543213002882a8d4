# SPDX-License-Identifier: Apache-2.0
"""Two accounts of one workload, by name: what it did, and what the trace has."""

# What the kernel may skip, as a share of all that was done: a task was preempted in the middle of a program.
LOST_AT_MOST = 0.02
# Not numbers of records.
MEASURES = ("bytes", "largest count of drops")


def compared(done, seen):
    """The differences, and a remark. What the trace says to be lost may be missing; nothing may be there that was not done."""
    lost = seen.get("lost", 0)
    differing = [name for name in sorted((done.keys() | seen.keys()) - {"lost"}) if seen.get(name, 0) != done.get(name, 0)]
    missing = sum(done.get(name, 0) - seen.get(name, 0) for name in differing if not name.endswith(MEASURES))
    records = sum(count for name, count in done.items() if not name.endswith(MEASURES))
    has_more = any(seen.get(name, 0) > done.get(name, 0) for name in differing)
    if has_more or not missing <= lost <= LOST_AT_MOST * records:
        return [f"{name}: {seen.get(name, 0)} instead of {done.get(name, 0)}" for name in differing] + [f"{lost} lost"], ""
    return [], f" but for {missing} missing, with {lost} said to be lost" if lost else ""
