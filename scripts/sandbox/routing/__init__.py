"""Route 53's data plane on this machine: checkers that really probe, their judgement, and DNS.

    snapshot, survey   what the sandbox knows of checks, zones and load balancers; how it is told
    health_checks      a health check, as its configuration has it
    judgement          what results make of a check: thresholds, 18 %, inversion, calculated checks
    alarm_checks       a check that follows an alarm: judged from the metric's data
    probes, checkers   one exchange with an endpoint; sixteen checkers who make them
    daemon             the process of all that; `supervision` is the same, seen from the sandbox
    health_check_api   CreateHealthCheck and UpdateHealthCheck, as strict as AWS (`health_check_rules`)
    status_api         GetHealthCheckStatus and GetHealthCheckLastFailureReason
    metrics, stalls    what CloudWatch is told; when the machine itself was late
    records, answers   what a name resolves to
    dns_messages       that on the wire; `dns_server` says it over UDP and TCP
    dns_test_api       TestDNSAnswer

It is a process of its own because the data plane goes on when a control plane, or the sandbox, is gone.
"""
