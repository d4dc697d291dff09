"""An AWS on this machine: ministack, and what it lacks, in a process of its own.

`process` starts and stops that process; everything else here runs inside it. Nothing of it knows what it
is used for: it could be lifted out as it stands.
"""
