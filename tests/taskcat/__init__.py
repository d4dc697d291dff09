"""`make taskcat`: AWS's own test tool deploys every root, region by region, and deletes it again.

`.taskcat.yml` is generated (`configuration`) and says what is known before anything stands. What only a stack
that stands can say is the planner's, and is filled in as `tradewind deploy` would. taskcat itself runs in an
environment of its own (`worker`), because its pins and ours do not go together.
"""
