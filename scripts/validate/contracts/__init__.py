"""What no template shows by itself: contracts over the whole graph of them, in every environment and region.

cases         every root in every region, resolved with what earlier roots hand on
graph         what a contract is given, and how a finding of many cases becomes one

wiring        what is handed on and down fits, whatever is read exists
handoffs      who hands on stands there, and before whoever receives
lookups       what AWS is asked can be answered
outputs       every output is read, or says what it is for
quotas        CloudFormation takes each template, with room for the next change
names         each fits its service at its longest, and nobody else in the account has it
regional      each region has the types and the properties that stand there
reachability  each condition can hold, and can not hold
capabilities  what makes the stacks is allowed to
policies      IAM and the services take each policy, at its longest
"""
