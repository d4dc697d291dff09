"""The orders database, moved to the standby and back on purpose: Aurora's global database alone can.

    rotation suspended -> writes fenced -> switched over -> unfenced       there
    writes fenced -> switched over -> unfenced -> rotation resumed         back

Orders wait in their workflow while writes are fenced, and lose nothing: a switchover waits until the other
cluster has all of it. Rotation stays suspended while the writer is away, for what rotates is in the primary
and would not reach it. Once anything here has begun nothing undoes it by itself.

rotation, fence, switchover     the steps
relocation                      their order, there and back
checks                          what must be so before
situation                       what is so now, for whoever has to go on by hand
"""
