"""A failover drill: a region is left on purpose, what that costs is measured, and everything comes back.

plan, theatre       what will be done, and what it is done with
states, journal     how far it is, on disk before it is so
steps, mutations    what is changed: each change knows how to be read, and undone
triggers            the ways to leave a region
data                the database moved, too
preflight, parity   what must be so before anything is touched
observing           checkers, DNS, clients and orders, watched while it goes on
figures, ledger     what is made of that: RTO, RPO, and orders told apart
engine              the phases, in their order
calls, wire         which calls the way out depends on, proven and recorded
report, page        what people read afterwards
"""
