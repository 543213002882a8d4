# SPDX-License-Identifier: Apache-2.0
"""The release binary, run on this host without root on traces that were made in a guest."""
import json
import subprocess

TRACEPOINT_ONLY = {
    "socket_state", "task_exit", "task_fork", "task_exec", "socket_retransmit", "socket_reset", "datagram_drop",
}
WITHOUT_TRACEPOINT = {"socket_shutdown"}


def records(trace):
    """The records of a trace, as objects with the field names of trace_records.h."""
    output = run("show", str(trace), "--format", "json")
    return [json.loads(line) for line in output.stdout.splitlines()]


def run_analyze(trace, report, *options):
    """Writes the JSON report of a trace to a file; the file and the exit code."""
    output = run("analyze", str(trace), "--format", "json", *options)
    report.write_text(output.stdout)
    return report, output.returncode


def report(trace):
    return json.loads(run("analyze", str(trace), "--format", "json").stdout)


def run(*arguments):
    output = subprocess.run([".build/poolscope", *arguments], capture_output=True, text=True, check=False)
    if output.returncode > 1:
        raise ValueError(f"poolscope {arguments[0]}: exit code {output.returncode}: {output.stderr.strip()}")
    return output


def other_rungs(trace, rung):
    """The probes that did not stand on the rung that was asked for, nor on the only one that they have: sentences."""
    return [
        f"{probe['probe']} by {probe['mechanism']} instead of {rung}: {probe['note']}"
        for probe in report(trace)["coverage"]["kernel_probes"]
        if probe["mechanism"] != rung and probe["probe"] not in (WITHOUT_TRACEPOINT if rung == "tracepoint" else TRACEPOINT_ONLY)
    ]
