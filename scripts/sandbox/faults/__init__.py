"""Regions that fail on purpose, as `/_tradewind/faults/REGION` is told.

    standing     what stands, region by region: the one truth, kept with the sandbox's state
    page         the pages, and how a fault begins and ends
    door         calls to a region that is down, refused before anything sees them
    fleets       a region's fleets, killed and brought back; what their front doors are told
    functions    those of a region that is down: killed, and not called
    background   what works without being called: it stands still with its region, and goes on
    crossings    copies between regions of S3 and Secrets Manager, held while nothing crosses
    ruin         what a region that is destroyed has lost

`scripts.sandbox.replication` asks here what may cross between two regions.
"""
