"""A failover drill: a region is left on purpose, what that costs is measured, and everything comes back.

To begin with: `engine` is the whole of it in words, `phases` are its steps in their order.

plan, theatre, stage            what will be done, what it is done with, and where it plays
preflight, parity               what must be so before anything is touched
states, journal, story          how far it is: on disk before it is so, and read from there alone
custody, open_drill, mirror     one process at a time; whoever else must know, knows
steps, mutations                a change can be read and undone; it is intended, made, settled, undone
triggers, data                  the changes that there are: a region is left, the database moves
observing, visitors, shoppers   what is watched while it goes on, and by whom
abort, turns, way_back          what ends it early, and how it comes back
measures, ledger                what is made of all that was seen: RTO, RPO, and orders told apart
calls, path, proof, wire        which calls the way out depends on: listed, proven, and heard as they are sent
report, page                    what people read afterwards
"""
