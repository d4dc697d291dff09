"""How long AWS and others stand by what the templates use, and what ends soon.

usages        what stands in each environment and region, and which versions it names
reads         the properties that name one
rows          until when one version of something lives, and who says so
data          rows from what cfn-lint ships: a snapshot that `make snapshots` refreshes
engines       rows read by hand: databases, caches, search
platforms     rows read by hand: build images, machine images, Python, recipes, standards
transport     rows read by hand: TLS policies and certificate authorities
services      rows read by hand: AWS's services, and what of them new accounts no longer get
judgement     usages held against rows on a day: what ended, what ends soon, what nobody knows

A row is read by hand only where neither cfn-lint nor botocore has a date: botocore lists runtimes, policies
and versions, and never says how long they live. What no row covers is a finding, for what is not known is not
called fine. Rows kept by hand were read from copies of AWS's pages in public repositories, as of `COPIED`;
what cfn-lint has is as old as its release. Both age.
"""
