# SPDX-License-Identifier: Apache-2.0
"""Holds a report against the findings that must come."""
import collections
import dataclasses
import json


@dataclasses.dataclass
class Verdict:
    rule: str
    found: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    missed: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    false: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    problems: list = dataclasses.field(default_factory=list)
    skipped: str = ""


def meets(value, wanted):
    if isinstance(wanted, tuple):
        return value is not None and wanted[0] <= value <= wanted[1]
    return value == wanted


def differences(finding, wanted):
    """In what the finding is not the one that is wanted."""
    numbers = {name: value for evidence in finding["evidence"] for name, value in evidence["numbers"].items()}
    text = json.dumps(finding)
    wrong = [f"{key} is {finding[key]!r} instead of {wanted[key]!r}"
             for key in ("subject", "count", "severity", "confidence") if key in wanted and not meets(finding[key], wanted[key])]
    wrong += [f"{name} is {numbers.get(name)} instead of {value}"
              for name, value in wanted.get("numbers", {}).items() if not meets(numbers.get(name), value)]
    wrong += [f"{part!r} is not in its text" for part in wanted.get("text", []) if part not in text]
    if not any(evidence["events"] for evidence in finding["evidence"]):
        wrong.append("it cites no event")
    if not finding["advice"]:
        wrong.append("it gives no advice")
    return wrong


def judge(rule, mode, expected, report, status):
    verdict = Verdict(rule)
    left = list(report["findings"])
    for wanted in expected:
        candidates = sorted((finding for finding in left if finding["rule"] == wanted["rule"]),
                            key=lambda finding: len(differences(finding, wanted)))
        if not candidates:
            verdict.missed[wanted["rule"]] += 1
            decision = next((rule for rule in report["rules"] if rule["rule"] == wanted["rule"]), {"verdict": "no such rule"})
            verdict.problems.append(f"no finding of {wanted['rule']}: {decision['verdict']}: {decision.get('reason')}")
            continue
        left.remove(candidates[0])
        verdict.found[wanted["rule"]] += 1
        verdict.problems += [f"{wanted['rule']}: {text}" for text in differences(candidates[0], wanted)]
    for finding in left:
        verdict.false[finding["rule"]] += 1
        verdict.problems.append(f"unexpected finding: {finding['rule']}: {finding['headline']} ({finding['subject']})")
    if mode == "healthy":
        decision = next(entry for entry in report["rules"] if entry["rule"] == rule)
        if decision["verdict"] == "not evaluated":
            verdict.problems.append(f"{rule} was not evaluated: {decision['reason']}")
    if status != (1 if report["findings"] else 0):
        verdict.problems.append(f"exit code {status} with {len(report['findings'])} findings")
    if report["losses"]:
        verdict.problems.append(f"records were lost: {report['losses']}")
    return verdict
