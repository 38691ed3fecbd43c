"""Run as a module: are there known vulnerabilities in what is installed? `pip-audit` asks the package index.

Where that cannot be asked, or knows nothing, this says so and is no failure: it is no fault of the change
that is being looked at. A vulnerability that is found is one.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

_COMMAND = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off", "--skip-editable"]
_TIMEOUT = 300


@dataclass
class Findings:
    """What the index says of all that is installed."""

    looked_at: int = 0
    vulnerable: list[str] = field(default_factory=list)
    # What could not be looked up.
    unknown: list[str] = field(default_factory=list)


def read(report: dict[str, Any]) -> Findings:
    """The findings in a report of pip-audit."""
    found = Findings()
    for package in report["dependencies"]:
        if "skip_reason" in package:
            if "editable" not in package["skip_reason"]:
                found.unknown.append(package["name"])
            continue
        found.looked_at += 1
        for flaw in package["vulns"]:
            mend = ", ".join(flaw["fix_versions"]) or "no version yet"
            found.vulnerable.append(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mend}")
    return found


def in_words(found: Findings) -> list[str]:
    """The findings, a line each."""
    if not found.looked_at:
        return ["NOT AUDITED: the package index here tells nothing of vulnerabilities; look where it does"]
    lines = [f"{found.looked_at} packages looked at, {len(found.vulnerable)} known vulnerabilities"]
    if found.unknown:
        lines.append(f"NOT AUDITED, for the index does not know them: {', '.join(found.unknown)}")
    return lines + found.vulnerable


def main() -> int:
    """Ask, and tell; 1 if something is vulnerable."""
    try:
        done = subprocess.run(_COMMAND, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        print(f"NOT AUDITED: the package index did not answer in {_TIMEOUT} s")
        return 0
    try:
        found = read(json.loads(done.stdout))
    except json.JSONDecodeError:
        print(f"NOT AUDITED: the package index could not be asked ({done.stderr.strip().splitlines()[-1]})")
        return 0
    print("\n".join(in_words(found)))
    return 1 if found.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
