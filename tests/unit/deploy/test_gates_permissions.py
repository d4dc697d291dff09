"""IAM: every widening is shown, statement by statement; stars and strangers are refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scripts.deploy.explanations import LATER, Certainty, Explained, PropertyChange
from scripts.deploy.gates.findings import Concern, Finding
from scripts.deploy.gates.permissions import permissions
from tests.unit.deploy.explaining import ACCOUNT, explained, explanation

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
BUCKET_POLICY, KEY = "AWS::S3::BucketPolicy", "AWS::KMS::Key"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
OTHER = "arn:aws:iam::999999999999:root"
OURS = f"arn:aws:iam::{ACCOUNT}:role/shop"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    action: Any = "sqs:SendMessage", resource: Any = QUEUE, sid: str = "Orders", **more: Any
) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def found(*changes: Explained) -> list[Finding]:
    return list(permissions(explanation(*changes), ACCOUNT))


def of_policy(before: list[Any], after: list[Any], **more: Any) -> list[Finding]:
    return found(
        explained(
            "Grants",
            POLICY,
            before={"PolicyDocument": document(*before), **more},
            after={"PolicyDocument": document(*after), **more},
        )
    )


def of_trust(before: list[Any], after: list[Any]) -> list[Finding]:
    return found(
        explained(
            "Role",
            ROLE,
            before={"AssumeRolePolicyDocument": document(*before)},
            after={"AssumeRolePolicyDocument": document(*after)},
        )
    )


def of_bucket(before: list[Any], after: list[Any]) -> list[Finding]:
    return found(
        explained(
            "BucketPolicy",
            BUCKET_POLICY,
            before={"Bucket": "b", "PolicyDocument": document(*before)},
            after={"Bucket": "b", "PolicyDocument": document(*after)},
        )
    )


def refused(findings: list[Finding]) -> list[Concern]:
    return [one.concern for one in findings if one.refuses]


def said(findings: list[Finding]) -> str:
    return " | ".join(one.words for one in findings)


def test_an_action_more_is_shown_as_such_with_both_statements() -> None:
    [finding] = of_policy([allow()], [allow(["sqs:SendMessage", "sqs:DeleteMessage"])])

    assert (finding.concern, finding.refuses) == (Concern.IAM_WIDENED, False)
    assert finding.words == (
        f"would, by statement Orders of its policy, allow sqs:deletemessage on {QUEUE}"
    )
    assert finding.before == f"Allow sqs:sendmessage on {QUEUE}"
    assert finding.after.startswith("Allow sqs:deletemessage, sqs:sendmessage on arn:aws:sqs")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (allow(), allow(resource=[QUEUE, f"{QUEUE}-2"]), f"allow sqs:sendmessage on {QUEUE}-2"),
        (
            allow(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            allow(),
            f"no longer only if StringEquals aws:SourceAccount {ACCOUNT}",
        ),
        (
            allow(Condition={"StringEquals": {"k": "a"}}),
            allow(Condition={"StringEquals": {"k": ["a", "b"]}}),
            "no longer only if StringEquals k a",
        ),
    ],
    ids=["resource", "condition", "condition's value"],
)
def test_what_else_widens_a_statement_is_shown(before: Any, after: Any, words: str) -> None:
    findings = of_policy([before], [after])

    assert [one.concern for one in findings] == [Concern.IAM_WIDENED]
    assert words in said(findings)


def test_a_principal_more_is_shown() -> None:
    ours = allow("s3:GetObject", "arn:aws:s3:::b/*", Principal={"AWS": OURS})
    both = {**ours, "Principal": {"AWS": [OURS, f"arn:aws:iam::{ACCOUNT}:role/worker"]}}

    [finding] = of_bucket([ours], [both])

    assert (
        finding.refuses,
        "allow AWS:arn:aws:iam::111111111111:role/worker" in finding.words,
    ) == (
        False,
        True,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(), allow("kms:Decrypt", "k", "Key")], [allow("kms:Decrypt", "k", "Key"), allow()]),
        ([allow()], [allow(["SQS:SendMessage"], [QUEUE], "Renamed")]),
        (
            [allow(["sqs:SendMessage", "sqs:DeleteMessage"])],
            [allow(sid="A"), allow("sqs:DeleteMessage", sid="B")],
        ),
        ([allow("sqs:*")], [allow("sqs:Send*")]),
        ([allow(), allow("kms:Decrypt", "k", "Key")], [allow()]),
        (
            [allow(sid="A"), allow("sqs:DeleteMessage", sid="B")],
            [allow(["sqs:SendMessage", "sqs:DeleteMessage"])],
        ),
    ],
    ids=["reordered", "rewritten", "split", "narrowed", "removed", "joined"],
)
def test_what_allows_no_more_than_before_is_no_finding(before: Any, after: Any) -> None:
    assert of_policy(before, after) == []


def test_a_denial_that_goes_or_shrinks_is_shown() -> None:
    never = {"Sid": "Never", "Effect": "Deny", "Action": ["iam:*", "sts:*"], "Resource": "*"}

    for after in ([allow()], [allow(), {**never, "Action": "iam:*"}]):
        [finding] = of_policy([allow(), never], after)
        assert (finding.concern, finding.refuses) == (Concern.IAM_WIDENED, False)
        assert finding.words == "would no longer deny what statement Never of its policy denies"
    assert of_policy([never], [{**never, "Action": "*"}]) == []


TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def test_the_denial_of_access_without_tls_may_not_go() -> None:
    findings = of_bucket([TLS_ONLY], [])

    assert refused(findings) == [Concern.TLS_LOWERED]
    removed = explained(
        "Policy", BUCKET_POLICY, "Remove", {"Bucket": "b", "PolicyDocument": document(TLS_ONLY)}
    )
    assert refused(found(removed)) == [Concern.TLS_LOWERED]


@pytest.mark.parametrize(
    ("type", "name", "physical_id"),
    [
        (BUCKET_POLICY, {"Bucket": "b"}, "b"),
        ("AWS::SQS::QueuePolicy", {"Queues": ["https://sqs/1/q"]}, "https://sqs/1/q"),
    ],
)
def test_a_policy_goes_with_what_it_protects(
    type: str, name: dict[str, Any], physical_id: str
) -> None:
    policy = explained("P", type, "Remove", {**name, "PolicyDocument": document(TLS_ONLY)})
    target = explained("T", "AWS::SQS::Queue", "Remove", physical_id=physical_id)

    assert found(policy, target) == []
    assert refused(found(policy, explained("T", "X", "Remove", physical_id="another"))) != []


def test_a_policy_by_another_logical_id_is_the_same_policy() -> None:
    ours = {"Bucket": "b", "PolicyDocument": document(TLS_ONLY)}
    gone = explained("Old", BUCKET_POLICY, "Remove", ours)

    same = explained("New", BUCKET_POLICY, "Add", after=ours)
    looser = explained("New", BUCKET_POLICY, "Add", after={**ours, "PolicyDocument": document()})
    of_another = explained("New", BUCKET_POLICY, "Add", after={**ours, "Bucket": "c"})

    assert found(gone, same) == found(same, gone) == []
    assert refused(found(gone, looser)) == [Concern.TLS_LOWERED]
    assert refused(found(gone, of_another)) == [Concern.TLS_LOWERED]


def test_a_star_that_stood_by_another_logical_id_may_stay() -> None:
    strange = {"Bucket": "b", "PolicyDocument": document(allow("s3:GetObject", "*", Principal="*"))}
    gone = explained("Old", BUCKET_POLICY, "Remove", strange)

    assert found(gone, explained("New", BUCKET_POLICY, "Add", after=strange)) == []


def test_what_denies_nothing_but_to_itself_takes_its_denials_along() -> None:
    never = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    role = explained("R", ROLE, "Remove", {"AssumeRolePolicyDocument": document(never)})
    policy = explained("P", POLICY, "Remove", {"PolicyDocument": document(never)})

    assert found(role) == []
    assert [one.refuses for one in found(policy)] == [False]


@pytest.mark.parametrize(
    "starry",
    [
        allow("*"),
        allow("sqs:*"),
        allow(["sqs:SendMessage", "kms:*"]),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": QUEUE},
        {"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": QUEUE},
    ],
)
def test_every_action_of_a_service_is_refused(starry: dict[str, Any]) -> None:
    findings = of_policy([allow()], [starry])

    assert refused(findings) == [Concern.IAM_STAR]
    assert Concern.IAM_WIDENED in [one.concern for one in findings]


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::*", ["*"], "arn:aws:sqs:*:*:*"])
def test_any_resource_is_refused_where_aws_offers_a_narrower_one(resource: Any) -> None:
    assert refused(of_policy([], [allow(resource=resource)])) == [Concern.IAM_STAR]
    assert refused(of_policy([], [allow("iam:NoSuchActionYet", resource)])) == [Concern.IAM_STAR]


def test_one_star_among_several_resources_or_actions_is_a_star() -> None:
    assert refused(of_policy([], [allow(resource=[QUEUE, "*"])])) == [Concern.IAM_STAR]
    mixed = allow(["ec2:DescribeInstances", "sqs:SendMessage"], "*")
    assert refused(of_policy([], [mixed])) == [Concern.IAM_STAR]


@pytest.mark.parametrize(
    "resource", ["arn:aws:s3:::b", "arn:aws:s3:::b/*", "x", f"{QUEUE}*", "arn:x"]
)
def test_a_named_resource_is_none(resource: str) -> None:
    assert refused(of_policy([], [allow(resource=resource)])) == []


def test_not_this_resource_is_any_resource() -> None:
    everywhere_else = {"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": QUEUE}

    assert refused(of_policy([], [everywhere_else])) == [Concern.IAM_STAR]


@pytest.mark.parametrize("action", ["ec2:DescribeInstances", "xray:PutTraceSegments"])
def test_any_resource_is_shown_where_aws_offers_no_narrower_one(action: str) -> None:
    assert [one.concern for one in of_policy([], [allow(action, "*")])] == [Concern.IAM_WIDENED]


def test_everything_but_something_is_told_as_such() -> None:
    nearly = {"Effect": "Allow", "NotAction": "iam:*", "Resource": QUEUE}

    assert "by its policy, allow everything but iam:*" in said(of_policy([], [nearly]))


def test_a_new_role_without_policies_of_its_own_is_only_shown() -> None:
    trusted = {"AssumeRolePolicyDocument": document(trust({"Service": "ec2.amazonaws.com"}))}

    policies: list[dict[str, Any]] = [{}, {"Policies": []}]
    for more in policies:
        [finding] = found(explained("R", ROLE, "Add", after={**trusted, **more}))
        assert (finding.concern, finding.refuses) == (Concern.IAM_WIDENED, False)


def test_stars_that_stand_may_stay() -> None:
    assert of_policy([allow("*", "*")], [allow("*", "*", "Renamed")]) == []
    assert refused(of_policy([allow("sqs:*", QUEUE)], [allow("sqs:*", [QUEUE, "*"])])) != []


def test_a_star_in_a_resource_policy_is_that_resource() -> None:
    [finding] = of_bucket([], [allow("s3:GetObject", "*", Principal={"AWS": OURS})])

    assert not finding.refuses


def test_a_boundary_gives_nothing_so_its_stars_are_shown() -> None:
    findings = of_policy(
        [], [allow("*", "*")], ManagedPolicyName="tradewind-prod-runtime-boundary-eu-central-1"
    )

    assert [one.concern for one in findings] == [Concern.IAM_WIDENED]


STRANGERS = [
    "*",
    {"AWS": "*"},
    {"AWS": OTHER},
    {"AWS": "999999999999"},
    {"AWS": [OURS, OTHER]},
    {"AWS": "AROAEXAMPLEID"},
    {"CanonicalUser": "79a5"},
]
KNOWN: list[Any] = [
    {"AWS": OURS},
    {"AWS": ACCOUNT},
    {"AWS": LATER},
    {"Service": "ec2.amazonaws.com"},
    {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
]


@pytest.mark.parametrize("principal", STRANGERS, ids=str)
def test_strangers_are_refused_in_trust_and_in_resource_policies(principal: Any) -> None:
    by_trust = of_trust([trust({"Service": "ec2.amazonaws.com"})], [trust(principal)])
    by_bucket = of_bucket([], [allow("s3:GetObject", "*", Principal=principal)])

    assert refused(by_trust) == refused(by_bucket) == [Concern.IAM_STRANGER]
    assert f"beyond account {ACCOUNT}" in said(by_trust)


@pytest.mark.parametrize("principal", KNOWN, ids=str)
def test_our_own_and_services_are_shown(principal: Any) -> None:
    assert [one.concern for one in of_trust([], [trust(principal)])] == [Concern.IAM_WIDENED]


def test_everybody_but_somebody_is_a_stranger() -> None:
    nearly = {"Effect": "Allow", "NotPrincipal": {"AWS": OURS}, "Action": "s3:GetObject"}

    assert refused(of_bucket([], [nearly])) == [Concern.IAM_STRANGER]


@pytest.mark.parametrize(
    ("condition", "refuses"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"kms:CallerAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}}, False),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, False),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::*"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, True),
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT, "999999999999"]}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:999999999999:*"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
    ids=str,
)
def test_everybody_is_nobody_else_under_a_condition_that_names_us(
    condition: Any, refuses: bool
) -> None:
    statement = allow("sqs:SendMessage", "*", Principal="*", Condition=condition)

    findings = of_bucket([], [statement])

    assert refused(findings) == ([Concern.IAM_STRANGER] if refuses else [])


def test_taking_such_a_condition_away_is_refused() -> None:
    bound = allow(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})

    assert refused(of_bucket([bound], [allow(Principal="*")])) == [Concern.IAM_STRANGER]
    assert of_bucket([allow(Principal="*")], [bound]) == []


def test_a_permission_to_invoke_is_a_statement_in_pieces() -> None:
    def permission(**said: Any) -> list[Finding]:
        after = {"Action": "lambda:InvokeFunction", "FunctionName": "f", **said}
        return found(explained("P", "AWS::Lambda::Permission", "Add", after=after))

    assert refused(permission(Principal="*")) == [Concern.IAM_STRANGER]
    assert refused(permission(Principal="999999999999")) == [Concern.IAM_STRANGER]
    assert refused(permission(Principal="*", SourceAccount=ACCOUNT)) == []
    assert refused(permission(Principal="sns.amazonaws.com")) == []
    changed = PropertyChange("Principal", "sns.amazonaws.com", "*")
    half = explained("P", "AWS::Lambda::Permission", properties=(changed,))
    assert refused(found(half)) == [Concern.IAM_UNREADABLE]


def test_inline_policies_are_compared_by_their_names() -> None:
    def role(*policies: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        return {
            "Policies": [
                {"PolicyName": name, "PolicyDocument": document(held)} for name, held in policies
            ]
        }

    one, other = ("one", allow()), ("other", allow("kms:Decrypt", f"{QUEUE}-key"))
    turned = explained("R", ROLE, before=role(one, other), after=role(other, one))
    wider = explained("R", ROLE, before=role(one, other), after=role(("one", allow("*")), other))

    assert found(turned) == []
    assert refused(found(wider)) == [Concern.IAM_STAR]
    assert "its policy Policies[one]" in said(found(wider))


def test_an_inline_policy_that_goes_takes_its_denials_along_and_that_is_shown() -> None:
    never = {"Sid": "Never", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    before = {"Policies": [{"PolicyName": "p", "PolicyDocument": document(never)}]}

    [finding] = found(explained("R", ROLE, before=before, after={"Policies": []}))

    assert finding.words == (
        "would no longer deny what statement Never of its policy Policies[p] denies"
    )


def test_a_policy_of_two_queues_goes_along_only_with_both() -> None:
    both = {"Queues": ["a", "b"], "PolicyDocument": document(TLS_ONLY)}
    policy = explained("P", "AWS::SQS::QueuePolicy", "Remove", both)
    queues = [explained(name, "AWS::SQS::Queue", "Remove") for name in ("a", "b")]

    assert refused(found(policy, queues[0])) == [Concern.TLS_LOWERED]
    assert found(policy, *queues) == []
    kept = explained("a", "AWS::SQS::Queue"), explained("b", "AWS::SQS::Queue")
    assert refused(found(policy, *kept)) == [Concern.TLS_LOWERED]


def test_a_statement_is_told_beside_the_one_of_its_name_else_beside_one_like_it() -> None:
    first, second = allow(sid="A"), allow(["sqs:SendMessage", "kms:Decrypt"], f"{QUEUE}-2", "B")

    [named] = of_policy([first, second], [first, {**second, "Resource": [QUEUE, f"{QUEUE}-2"]}])
    [alike] = of_policy(
        [first, second], [{**first, "Sid": "C", "Action": ["sqs:SendMessage", "x:y"]}]
    )
    [new] = of_policy([first], [first, allow("kms:Decrypt", "k", "D")])

    assert named.before == f"Allow kms:decrypt, sqs:sendmessage on {QUEUE}-2"
    assert alike.before == f"Allow sqs:sendmessage on {QUEUE}"
    assert new.before == ""


def test_many_names_are_cut_and_counted() -> None:
    def words(count: int) -> str:
        return said(of_policy([], [allow([f"sqs:A{number}" for number in range(count)])]))

    assert "sqs:a0, sqs:a1, sqs:a2, sqs:a3, sqs:a4, sqs:a5 on" in words(6)
    assert "sqs:a5 and 1 more on" in words(7)


def test_an_inline_policy_that_nobody_knows_yet_is_refused() -> None:
    unknown = explained("R", ROLE, before={"Policies": []}, after={"Policies": [LATER]})

    assert refused(found(unknown)) == [Concern.IAM_UNREADABLE]


@pytest.mark.parametrize(
    ("arn", "refuses"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws:iam::aws:policy/PowerUserAccess", True),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", True),
        ("arn:aws-cn:iam::aws:policy/service-role/AWSBatchFullAccess", True),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", False),
        (f"arn:aws:iam::{ACCOUNT}:policy/orders", False),
        (LATER, False),
    ],
)
def test_a_policy_that_a_role_is_given_is_shown_and_a_full_one_refused(
    arn: str, refuses: bool
) -> None:
    role = explained(
        "R", ROLE, before={"ManagedPolicyArns": ["a"]}, after={"ManagedPolicyArns": ["a", arn]}
    )

    [finding] = found(role)

    assert finding.refuses is refuses
    assert arn in finding.words


def test_a_policy_that_reaches_another_role_is_shown() -> None:
    [finding] = found(
        explained("P", POLICY, before={"Roles": ["shop"]}, after={"Roles": ["shop", "worker"]})
    )

    assert (finding.words, finding.refuses) == ("would be attached to worker, too", False)


def test_a_role_stays_under_its_boundary() -> None:
    def role(boundary: str | None) -> dict[str, Any]:
        return {"PermissionsBoundary": boundary} if boundary else {}

    def between(before: str | None, after: str | None) -> list[Finding]:
        return found(explained("R", ROLE, before=role(before), after=role(after)))

    assert refused(between("b", None)) == [Concern.IAM_BOUNDARY_LOST]
    assert [(one.concern, one.refuses) for one in between("b", "c")] == [
        (Concern.IAM_WIDENED, False)
    ]
    assert between("b", "b") == between(None, "b") == []


def test_a_policy_that_cannot_be_read_beforehand_is_refused() -> None:
    for after in (LATER, document({"Effect": LATER})):
        findings = found(
            explained(
                "P", POLICY, before={"PolicyDocument": document()}, after={"PolicyDocument": after}
            )
        )
        assert refused(findings) == [Concern.IAM_UNREADABLE]
    same = {"PolicyDocument": LATER}
    assert found(explained("P", POLICY, before=same, after=same)) == []


def test_a_new_role_is_told_of_once_and_its_stars_and_strangers_by_themselves() -> None:
    new = explained(
        "R",
        ROLE,
        "Add",
        after={
            "AssumeRolePolicyDocument": document(trust({"AWS": OTHER})),
            "Policies": [{"PolicyName": "p", "PolicyDocument": document(allow("*"), allow())}],
        },
    )

    findings = found(new)

    assert sorted(refused(findings)) == [Concern.IAM_STAR, Concern.IAM_STRANGER]
    assert sum(one.concern is Concern.IAM_WIDENED for one in findings) == 2


@pytest.mark.parametrize(
    ("type", "properties"),
    [
        ("AWS::SQS::QueuePolicy", lambda d: {"Queues": ["q"], "PolicyDocument": d}),
        ("AWS::SNS::TopicPolicy", lambda d: {"Topics": ["t"], "PolicyDocument": d}),
        (KEY, lambda d: {"KeyPolicy": d}),
        ("AWS::KMS::ReplicaKey", lambda d: {"KeyPolicy": d}),
        ("AWS::SecretsManager::ResourcePolicy", lambda d: {"SecretId": "s", "ResourcePolicy": d}),
        ("AWS::Backup::BackupVault", lambda d: {"AccessPolicy": d}),
        ("AWS::OpenSearchService::Domain", lambda d: {"AccessPolicies": d}),
        ("AWS::ApiGateway::RestApi", lambda d: {"Policy": d}),
        ("AWS::EC2::VPCEndpoint", lambda d: {"PolicyDocument": d}),
        ("AWS::Logs::ResourcePolicy", lambda d: {"PolicyDocument": d}),
        ("AWS::EFS::FileSystem", lambda d: {"FileSystemPolicy": d}),
        ("AWS::ECR::Repository", lambda d: {"RepositoryPolicyText": d}),
        ("AWS::DynamoDB::Table", lambda d: {"ResourcePolicy": {"PolicyDocument": d}}),
        ("AWS::Events::EventBusPolicy", lambda d: {"Statement": d["Statement"][0]}),
    ],
)
def test_every_policy_of_a_resource_is_looked_at(type: str, properties: Any) -> None:
    strange = properties(document(allow("sqs:SendMessage", "*", Principal={"AWS": OTHER})))

    assert refused(found(explained("P", type, "Add", after=strange))) == [Concern.IAM_STRANGER]


def test_a_change_that_will_not_happen_widens_nothing() -> None:
    phantom = explained(
        "P",
        POLICY,
        before={"PolicyDocument": document()},
        after={"PolicyDocument": document(allow("*", "*"))},
        certainty=Certainty.PHANTOM,
    )

    assert found(phantom) == []


def test_the_order_in_which_things_are_written_changes_no_finding() -> None:
    statements = [allow(sid=f"S{number}", resource=f"{QUEUE}-{number}") for number in range(5)]
    wider = [*statements, allow("*", "*", "Star")]
    shuffled = random.Random(7).sample(wider, len(wider))

    def words(after: list[Any]) -> set[str]:
        return {one.words for one in of_policy(statements, after)}

    assert words(wider) == words(shuffled) != set()
