"""A load test: how much is asked for, who makes the load, what was measured, and the report of it.

load        what is asked for, and the hash by which it is approved
batch       the generators on CodeBuild: start, look, stop
live        what they publish while they run
results     what they leave in S3
rehearsal   JMeter on this machine, against loopback
samples, histogram, figures     results of any length in memory that does not grow
verdict, report, page, plots    what is made of them
"""
