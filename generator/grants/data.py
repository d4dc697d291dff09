"""Grants on what keeps data: buckets, tables and their streams, secrets, databases."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import dynamodb, elasticache, es, kms, rds, s3, secretsmanager
from awacs.aws import Statement, StringLike
from troposphere import Ref, Sub

from generator.grants.keys import HERE, Key
from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket whose objects `key` encrypts; it is in the stack's region, or in another."""

    arn: Arn
    key_arn: Arn
    region: Arn = HERE

    @classmethod
    def named(cls, name: object, key_arn: Arn, region: Arn = HERE) -> Bucket:
        """A bucket that is known by its name."""
        return cls(Sub("arn:${AWS::Partition}:s3:::${Bucket}", Bucket=name), key_arn, region)

    def read(self, prefix: str = "") -> list[Statement]:
        """List and get the objects below a prefix."""
        listing = allow(
            [s3.ListBucket],
            [self.arn],
            *([StringLike("s3:prefix", f"{prefix}*")] if prefix else []),
        )
        return [listing, *self.get(prefix)]

    def get(self, prefix: str) -> list[Statement]:
        """Get objects below a prefix whose names are known."""
        return [
            allow([s3.GetObject, s3.GetObjectVersion], [self._objects(prefix)]),
            self._key().decrypt(),
        ]

    def pass_artifacts(self, prefix: str) -> list[Statement]:
        """What CodePipeline asks of a bucket in which its actions leave things for one another.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
        """
        return [
            self._inspect(),
            allow([s3.PutObjectAcl], [self._objects(prefix)]),
            allow([kms.DescribeKey], [self.key_arn]),
            *self.get(prefix),
            *self.put(prefix),
        ]

    def give_source(self, prefix: str) -> list[Statement]:
        """What CodePipeline asks of a bucket that it takes an object of, by its key, from.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
        """
        return [self._inspect(), *self.get(prefix)]

    def put(self, prefix: str = "") -> list[Statement]:
        """Put objects below a prefix, in parts or whole."""
        return [
            allow([s3.PutObject, s3.AbortMultipartUpload], [self._objects(prefix)]),
            self._key().encrypt(),
        ]

    def miss(self) -> Statement:
        """Be told that there is no such object; who may not list a bucket is told that it is forbidden.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        return allow([s3.ListBucket], [self.arn])

    def look(self, prefix: str) -> Statement:
        """See what is below a prefix."""
        return allow([s3.ListBucket], [self.arn], StringLike("s3:prefix", f"{prefix}*"))

    def deliver(self, prefix: str) -> list[Statement]:
        """Put objects below a prefix, as Firehose does; it lists whole buckets and its uploads.

        https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
        """
        listing = [s3.GetBucketLocation, s3.ListBucket, s3.ListBucketMultipartUploads]
        return [
            allow(listing, [self.arn]),
            allow([s3.GetObject], [self._objects(prefix)]),
            *self.put(prefix),
        ]

    def _inspect(self) -> Statement:
        return allow([s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning], [self.arn])

    def _objects(self, prefix: str) -> Sub:
        return Sub(f"${{Bucket}}/{prefix}*", Bucket=self.arn)

    def _key(self) -> Key:
        return Key(self.key_arn, "s3", self.region)


@dataclass(frozen=True)
class Table:
    """A DynamoDB table, its indexes and its stream."""

    arn: Arn
    key_arn: Arn

    def get(self) -> list[Statement]:
        """Get one item by its key."""
        return [allow([dynamodb.GetItem], [self.arn]), self._key().decrypt()]

    def put(self) -> list[Statement]:
        """Put whole items."""
        return [allow([dynamodb.PutItem], [self.arn]), self._key().encrypt()]

    def update(self) -> list[Statement]:
        """Change attributes of items, conditionally and in transactions."""
        return [allow([dynamodb.UpdateItem], [self.arn]), self._key().encrypt()]

    def walk(self) -> list[Statement]:
        """Read all of it, page by page."""
        return [allow([dynamodb.Scan], [self.arn]), self._key().decrypt()]

    def read(self) -> list[Statement]:
        """Get, query and scan."""
        actions = [dynamodb.GetItem, dynamodb.BatchGetItem, dynamodb.Query, dynamodb.Scan]
        return [
            allow([*actions, dynamodb.DescribeTable], self._with_indexes()),
            self._key().decrypt(),
        ]

    def write(self) -> list[Statement]:
        """Put, update and delete items, conditionally and in transactions."""
        actions = [
            dynamodb.PutItem,
            dynamodb.UpdateItem,
            dynamodb.DeleteItem,
            dynamodb.BatchWriteItem,
            dynamodb.ConditionCheckItem,
        ]
        return [allow(actions, [self.arn]), self._key().encrypt()]

    def _with_indexes(self) -> list[Arn]:
        return [self.arn, Sub("${Table}/index/*", Table=self.arn)]

    def _key(self) -> Key:
        return Key(self.key_arn, "dynamodb")


@dataclass(frozen=True)
class TableStream:
    """The stream of a DynamoDB table."""

    arn: Arn
    key_arn: Arn

    def consume(self) -> list[Statement]:
        """Read the changes in order."""
        actions = [dynamodb.DescribeStream, dynamodb.GetRecords, dynamodb.GetShardIterator]
        listing = unscoped([dynamodb.ListStreams], because="ListStreams names no stream")
        return [allow(actions, [self.arn]), listing, Key(self.key_arn, "dynamodb").decrypt()]


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager."""

    arn: Arn
    key_arn: Arn

    @classmethod
    def named(cls, name: object, key_arn: Arn) -> Secret:
        """A secret that is known by its name; its ARN goes on with six characters of Secrets Manager's."""
        arn = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Name}-??????"
        return cls(Sub(arn, Name=name), key_arn)

    def read(self) -> list[Statement]:
        """Get its value."""
        return [
            allow([secretsmanager.GetSecretValue, secretsmanager.DescribeSecret], [self.arn]),
            Key(self.key_arn, "secretsmanager").decrypt(),
        ]

    def rotate(self) -> list[Statement]:
        """Run the four steps of a rotation on it."""
        actions = [
            secretsmanager.DescribeSecret,
            secretsmanager.GetSecretValue,
            secretsmanager.ListSecretVersionIds,
            secretsmanager.PutSecretValue,
            secretsmanager.UpdateSecretVersionStage,
        ]
        return [
            allow(actions, [self.arn]),
            Key(self.key_arn, "secretsmanager").encrypt(),
            unscoped(
                [secretsmanager.GetRandomPassword], because="GetRandomPassword names no secret"
            ),
        ]


@dataclass(frozen=True)
class CacheUser:
    """A user of ElastiCache, by the id that it has in this region and in its peer."""

    user_id: Arn
    peer_region: Arn

    def set_passwords(self) -> Statement:
        """Change them in both regions, and see whether the change is in force."""
        users = [
            Sub(
                "arn:${AWS::Partition}:elasticache:${Region}:${AWS::AccountId}:user:${User}",
                Region=region,
                User=self.user_id,
            )
            for region in (Ref("AWS::Region"), self.peer_region)
        ]
        return allow([elasticache.DescribeUsers, elasticache.ModifyUser], users)


@dataclass(frozen=True)
class SearchDomain:
    """An OpenSearch domain, which has access control of its own behind IAM's.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
    """

    arn: Arn

    def administer(self, index: str) -> list[Statement]:
        """Say who may do what in the domain, what is audited, what an index begins with; see its aliases."""
        return [
            allow([es.ESHttpPut], self._paths("_plugins/_security/api/*", "_index_template/*")),
            self._look(index),
        ]

    def index(self, index: str) -> list[Statement]:
        """Put documents into the indices that an alias stands for, and take them out."""
        return [allow([es.ESHttpPost], self._paths(f"{index}/_bulk")), self._look(index)]

    def rebuild(self, index: str) -> list[Statement]:
        """Make an index, fill it by its alias, and have it take the other's place."""
        return [
            allow([es.ESHttpPut], self._paths(f"{index}-*")),
            allow(
                [es.ESHttpPost],
                self._paths("_aliases", f"{index}-next/_bulk", f"{index}-*/_refresh"),
            ),
            self._look(index),
        ]

    def query(self, index: str) -> Statement:
        """Search an index, and get documents from it; all of it can be asked by POST."""
        return allow(
            [es.ESHttpPost],
            self._paths(
                *(f"{index}/{what}" for what in ("_search", "_msearch", "_count", "_mget"))
            ),
        )

    def _look(self, index: str) -> Statement:
        """See which indices there are, and by which aliases they are known."""
        return allow([es.ESHttpGet], self._paths(f"{index}-*/_alias"))

    def _paths(self, *paths: str) -> list[Arn]:
        return [Sub(f"${{Domain}}/{path}", Domain=self.arn) for path in paths]


@dataclass(frozen=True)
class Database:
    """An RDS DB instance, or an Aurora cluster, of this region by its identifier."""

    identifier: Arn

    def look_up(self) -> list[Statement]:
        """See where it answers."""
        return [
            allow([rds.DescribeDBInstances], [self._arn("db")]),
            allow([rds.DescribeDBClusters], [self._arn("cluster")]),
        ]

    def stop_and_start(self) -> Statement:
        """Stop the instance, and start it again."""
        return allow([rds.StopDBInstance, rds.StartDBInstance], [self._arn("db")])

    def _arn(self, kind: str) -> Sub:
        return Sub(
            f"arn:${{AWS::Partition}}:rds:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:${{Database}}",
            Database=self.identifier,
        )
