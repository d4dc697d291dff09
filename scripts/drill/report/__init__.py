"""What a drill came to, for people and programs.

    written = report.write(folder, evidence)     report.json and report.html
    report.document(evidence)                    the same as a dictionary
    report.judge(evidence)                       met, missed, aborted, needs operator
    compare.compare(report.read(a), report.read(b))

evidence    what a report is made of
chronicle   the journal's lines, read as a course of events
lanes       thousands of observations as a few stretches of time
traffic     who was served by which region, how fast, and who was not
verdict     the objectives, and what it all comes to
findings    what deserves attention, why, and what to do about it
document    the JSON, schema says what it may be
compare     two of them
"""

from scripts.drill.report.document import document
from scripts.drill.report.evidence import Configuration, Evidence, Kept, Setting
from scripts.drill.report.verdict import Verdict, judge, targets
from scripts.drill.report.writing import Written, read, render, write

__all__ = [
    "Configuration",
    "Evidence",
    "Kept",
    "Setting",
    "Verdict",
    "Written",
    "document",
    "judge",
    "read",
    "render",
    "targets",
    "write",
]
