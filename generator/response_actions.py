"""Every action that the Shield Response Team may use, whom a toggle lets in: the response boundary.

Its role carries AWSShieldDRTAccessPolicy, which is AWS's own, and whose wildcards end here.
https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-access.html
"""

from __future__ import annotations

from awacs import cloudfront, cloudwatch, elasticloadbalancing, shield, wafv2
from awacs.aws import Action

#: During an attack: look, and change the rules of web ACLs.
RESPONSE_UNSCOPED: list[Action] = [
    cloudfront.GetDistribution,
    cloudfront.ListDistributions,
    cloudwatch.GetMetricData,
    cloudwatch.GetMetricStatistics,
    cloudwatch.ListMetrics,
    elasticloadbalancing.DescribeLoadBalancers,
    shield.DescribeAttack,
    shield.DescribeProtection,
    shield.ListAttacks,
    shield.ListProtections,
    wafv2.CheckCapacity,
    wafv2.CreateIPSet,
    wafv2.CreateRuleGroup,
    wafv2.GetIPSet,
    wafv2.GetRuleGroup,
    wafv2.GetSampledRequests,
    wafv2.GetWebACL,
    wafv2.GetWebACLForResource,
    wafv2.ListIPSets,
    wafv2.ListRuleGroups,
    wafv2.ListWebACLs,
    wafv2.UpdateIPSet,
    wafv2.UpdateRuleGroup,
    wafv2.UpdateWebACL,
]
