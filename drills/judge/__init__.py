"""Decides whether a run was right, from what its clients saw and what is there in the end.

Pure: it asks nobody and reads nothing but the OpenAPI document and the refusals in the code.
"""

from drills.judge.findings import Finding, Kind
from drills.judge.verdict import Verdict, judge

__all__ = ["Finding", "Kind", "Verdict", "judge"]
