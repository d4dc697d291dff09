"""What the sandbox cannot imitate, in one table: printed by its status page and in the documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """One difference from AWS that a user could trip over."""

    area: str
    difference: str


LIMITS: tuple[Limit, ...] = (
    Limit("CloudFormation", "Resources are made one after the other, in order of dependency."),
    Limit(
        "CloudFormation",
        "A nested stack removes what it replaced at its own end, not at the end of its root; a rollback "
        "of the root makes the old resource anew.",
    ),
    Limit(
        "CloudFormation",
        "TimeoutInMinutes, NotificationARNs and rollback triggers are told again and not acted on; "
        "DisableRollback of an update does not reach nested stacks.",
    ),
    Limit(
        "CloudFormation",
        "A value that a change set cannot know fails the constraints of a child's parameter "
        "(AllowedValues, AllowedPattern, Number).",
    ),
    Limit(
        "CloudFormation",
        "A custom name that no stack holds is missed as taken for rarer native types: ECS services, filters "
        "of logs, AppSync, Cognito, IoT and some more.",
    ),
    Limit("CloudFormation", "DeploymentMode REVERT_DRIFT is refused; StackSets are not there."),
    Limit(
        "CloudFormation",
        "DescribeStackResources lists a resource once it is made, and none that failed or that a "
        "rollback removed; events carry no ResourceProperties.",
    ),
    Limit(
        "CloudFormation",
        "The value of a parameter of a type like AWS::EC2::VPC::Id is not looked up; a dynamic "
        "reference to nothing fails its resource, and not the request.",
    ),
    Limit(
        "CloudFormation",
        "Conditions take Ref, Fn::Select and the condition functions; transforms are AWS::Include, "
        "AWS::LanguageExtensions and AWS::Serverless. Any other is refused.",
    ),
    Limit("CloudFormation", "CreateStack on a stack in review is refused; AWS creates it."),
    Limit(
        "CloudFormation",
        "A nested stack that its parent sends back stops at the first resource that cannot go back.",
    ),
    Limit(
        "CloudFormation",
        "An update does not miss a bucket or an SSM parameter that was deleted by hand.",
    ),
    Limit(
        "CloudFormation",
        "A drift check compares some properties of the types ministack can read, of RDS and of Auto Scaling "
        "groups; no others.",
    ),
    Limit("IAM", "Policies are stored and not enforced; a service role is not assumed."),
    Limit("Network", "Nothing leaves the machine: webhooks, mail and public DNS are not reached."),
    Limit(
        "Route 53",
        "Names of public zones resolve on 127.0.0.1, at a port that `tradewind sandbox status` tells; an "
        "alias to a load balancer to the address of its fleet for 60 seconds, and to nothing where none "
        "has run. Other aliases out of a zone have no data. Of zones with one name that of the lowest "
        "account answers.",
    ),
    Limit(
        "Route 53",
        "Latency, geolocation, geoproximity and IP-based records answer SERVFAIL; there is no DNSSEC, and "
        "ANY is not answered.",
    ),
    Limit(
        "Route 53",
        "Whether TestDNSAnswer goes by health AWS does not document: here it does, whatever resolver it "
        "names.",
    ),
    Limit(
        "Route 53",
        "Checkers are sixteen, two in each of eight regions, whatever the check; they resolve names by "
        "the zones of all accounts, and reach this machine alone. HTTPS is spoken without TLS, a load "
        "balancer through its listeners' ports alone; IPv6 and MeasureLatency are not done.",
    ),
    Limit(
        "Route 53",
        "On a clock that runs fast, checkers of one check that are closer than 25 ms of the machine "
        "share an exchange (1.5 drill seconds at 60), and who hangs has a second of the machine at "
        "least, not the two or four of the drill. All of a new check's look once together, at once.",
    ),
    Limit(
        "Route 53",
        "What AWS does not document: a check that follows an alarm is refused by GetHealthCheckStatus "
        "as a calculated one is; a child that is gone counts as healthy; a load balancer whose fleet is "
        "silent for 90 seconds has no healthy target; the words of most refusals and of TCP's success.",
    ),
    Limit(
        "Route 53",
        "A check that follows an alarm is judged by its metric's data in periods of the wall clock, "
        "however fast the drill's is. Routing controls are refused; LinkedService and the account's "
        "quota of checks are not there.",
    ),
    Limit(
        "S3",
        "Of a bucket's policy is in force what it denies everybody by the headers of a PutObject, as the "
        "wrong encryption; who else may come is not asked.",
    ),
    Limit(
        "DynamoDB",
        "A write reaches the other replicas after one lag, the same for all (`GET` and `PUT "
        "/_tradewind/replication`), and in the order of its table. Items are looked at for their expiry once "
        "a minute of this machine.",
    ),
    Limit(
        "DynamoDB",
        "Strong consistency: no two Regions write at the same moment here, so none is refused with "
        "ReplicatedWriteConflictException. In which words AWS refuses what it does not support there is not "
        "documented; a Region that reaches no other answers InternalServerError.",
    ),
    Limit(
        "Faults",
        "`sandbox fault` takes away a Region's fleets, functions, API, and what works there by itself. "
        "Stack operations under way go on, and so do its databases and alarms; a connection that is open is "
        "not cut. While us-east-1 is down the changes of global "
        "services are refused; that they are all that AWS refuses then is not said.",
    ),
    Limit(
        "Faults",
        "What nothing crosses of are DynamoDB, S3 (of an object that was written more than once meanwhile "
        "the newest version is copied) and secrets. A call that a function makes to another Region is not "
        "told apart from any other. An event that a rule holds back is held in memory.",
    ),
    Limit(
        "Faults",
        "A Region that is destroyed loses the items of tables, the messages of queues and the executions "
        "of workflows; what deploys made, objects, secrets and databases come back with it.",
    ),
    Limit(
        "RDS",
        "A PostgreSQL database that a stack made can be connected to where PostgreSQL is installed: its "
        "writer, by functions, under the address that the sandbox tells of its endpoint. It is the machine's "
        "PostgreSQL, of whatever version; parameter groups, IAM logins and pgaudit are not in force, its "
        "certificate is our own, and what it writes is not forced to the disk.",
    ),
    Limit(
        "RDS",
        "Readers, replicas and secondary clusters refuse connections. All clusters of a global database "
        "have one set of data, so none is lost in a failover; one that leaves it begins empty. Snapshots "
        "hold no data.",
    ),
    Limit(
        "RDS",
        "An engine offers SCRAM-SHA-256-PLUS; that RDS does is likely, but documented nowhere.",
    ),
    Limit("ElastiCache", "Clusters are records; no engine runs."),
    Limit(
        "OpenSearch",
        "A domain has indices with mappings, aliases and versions, and finds words (match, multi_match, "
        "match_all); what it does not know it refuses. How well a document fits is counted more simply, what "
        "is written is found at once, an index is made by PUT alone. Its roles are kept and not enforced; "
        "functions reach it without TLS.",
    ),
    Limit(
        "Personalize",
        "A version and a campaign go a state further with each look, and nothing is trained: what is "
        "recommended is what most users were busy with. A solution with a campaign can be deleted.",
    ),
    Limit(
        "Lambda",
        "Functions run in this machine's Python, whatever runtime they name; memory is not limited.",
    ),
    Limit(
        "EventBridge",
        "A function that a rule calls is called three times at most, then its own dead-letter queue is told; "
        "the rule's is not.",
    ),
    Limit(
        "EventBridge Scheduler",
        "A schedule starts functions, workflows, queues and topics; one that calls an API (aws-sdk) calls "
        "nothing, and what it would start is started by hand.",
    ),
    Limit(
        "CodePipeline",
        "A pipeline starts when it is made and when it is told to: sources are not polled, triggers are "
        "refused, and no rule of EventBridge starts one.",
    ),
    Limit(
        "CodePipeline",
        "Actions that run: Source S3, Build and Test CodeBuild, Deploy CloudFormation (without "
        "REPLACE_ON_FAILURE) and CodeDeploy, Invoke Lambda, Approval Manual. Others of AWS are accepted and "
        "fail when they run; rules are VariableCheck and LambdaInvoke, others are refused. Custom actions, "
        "webhooks and GetJobDetails are not there.",
    ),
    Limit(
        "CodePipeline",
        "What AWS does not document: a rule that refers to a variable which nobody has put out does not "
        "hold; UpdatePipeline cancels every execution that is under way; a function is called again a second "
        "after its continuation token.",
    ),
    Limit(
        "Step Functions",
        "An execution that ran when the sandbox ended goes on in the state that it had entered, with its "
        "tries counted anew and without variables. TimeoutSeconds of a state machine ends it as FAILED. "
        "RedriveExecution is refused.",
    ),
    Limit("Load balancers", "describe-target-health calls every target healthy."),
    Limit(
        "Load balancers",
        "A fleet's front door speaks HTTP/1.1 without TLS or HTTP/2, knows neither redirects nor weights, "
        "and moves no traffic away from anomalies; a body may have 10 MiB. It stands for the distribution, "
        "too: it adds the header by which the listener knows that one, and refuses nothing that the web ACL "
        "would.",
    ),
    Limit(
        "Fleets",
        "An instance is a process of this machine's Python that systemd would have started: hooks of a "
        "revision are not run, its role is not enforced, and no Auto Scaling group or target group lists it. "
        "One that ends is started again on another port, and meanwhile answered for with 502, as on AWS.",
    ),
    Limit(
        "CodeBuild",
        "A build is a process of this machine with this machine's tools, in whatever image it says it is: "
        "runtime-versions install nothing, and Python is the one that the sandbox runs with, without any "
        "package. Sources are S3, CodePipeline or none. Batches, reports, caches, webhooks, VPCs, logs in S3 "
        "and on-failure RETRY are not done; what a buildspec says of them is refused, caches are ignored.",
    ),
    Limit(
        "CodeBuild",
        "What AWS does not document: a build with a phase that failed and went on by on-failure CONTINUE has "
        "failed; artifacts are tried after on-failure ABORT of build.",
    ),
    Limit(
        "CodeBuild",
        "A build that ran when the sandbox ended is ended with it, and is FAULT.",
    ),
    Limit(
        "CodeDeploy",
        "Revisions are zips in S3, for servers, in place, one instance after the other whatever the pace. "
        "Where no fleet runs for a group, its instances are those that its Auto Scaling group lists or "
        "desires: they take any revision that an agent could unpack, start nothing, and the deployment says "
        "so. A fleet that is started begins with what its group took last.",
    ),
    Limit(
        "Cost Explorer",
        "It answers as for a new account: no recommendation, nothing bought, no anomaly; a monitor that a "
        "stack makes is not listed.",
    ),
    Limit("AWS Backup", "A vault's access policy and lock are not kept: they refuse nothing."),
    Limit(
        "Quotas",
        "Account quotas are not counted; template quotas are. Service Quotas tells the defaults that AWS "
        "documents, of the quotas that a preflight asks for, and 256 vCPUs; whatever more is asked for is "
        "granted at once.",
    ),
    Limit(
        "Offers",
        "Machines, database classes, cache nodes and search instances are those that cfn-lint's data have of "
        "a region, in each of its zones; a database class comes with every version of its engine.",
    ),
    Limit(
        "Subscriptions",
        "Shield Advanced is not subscribed to, and cannot be; GuardDuty, Security Hub and IAM Access "
        "Analyzer list what stacks made, and do nothing else. No tag is activated for cost allocation.",
    ),
)


def every_limit() -> tuple[Limit, ...]:
    """These, and those of the resource types."""
    from scripts.sandbox.resources import limits

    return (*LIMITS, *limits.LIMITS)
