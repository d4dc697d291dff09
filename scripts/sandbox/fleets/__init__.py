"""Fleets of instances on this machine: processes on loopback behind what stands for a load balancer.

    supervision        a fleet seen from outside: start, status, deploy, stop
    supervisor, spec   its process, and what that is told
    fleet, instances   the operations on it; a process each
    deployments        a revision brought to it, in place
    revisions          what it runs
    front_door         the load balancer: rules (listeners), targets and health (target_groups),
                       HTTP (wire, server, connections)
    deployed, account  what AWS's APIs say of it

None of it knows the shop: program, variables and revision are told.
"""
