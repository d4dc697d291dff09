"""An instance of the shop: what it is, what it may do, and where it finds what it works with."""

from __future__ import annotations

from troposphere import GetAtt, NoValue, Ref, Sub
from troposphere.iam import InstanceProfile
from troposphere.logs import LogGroup

from generator import grants
from generator.bundles import RELEASES
from generator.conditions import Conditions
from generator.first_boot import shop_stub, user_data
from generator.foundation import Foundation
from generator.instances import AMAZON_LINUX, instance_template
from generator.layer import Handoff, Input, Layer, Lookup, Output
from generator.layers.cache import Cache
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.front_door import FrontDoor
from generator.layers.payment_requests import PaymentRequests
from generator.layers.prices import Prices
from generator.layers.recommendation_model import RecommendationModel
from generator.layers.recommendation_training import RecommendationTraining
from generator.layers.search import Search
from generator.layers.search_domain import INDEX
from generator.layers.secrets import Secrets
from generator.order_events import SHOP_EVENTS, SOURCE
from generator.payment_api import AUTHORIZE
from generator.release_stages import KEPT

#: Where the shop publishes its own metrics, each by the group that it runs in.
METRICS = "Tradewind/Shop"


class ShopInstance(Layer):
    """the launch template of the shop's fleet, the role of its instances and their log."""

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    image_id = Lookup(AMAZON_LINUX, example="ami-0123456789abcdef0", type="AWS::EC2::Image::Id")
    fleet_security_group_id = Input(FrontDoor.fleet_security_group_id)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    catalogue_table = Input(Catalog.catalogue_table)
    carts_table_arn = Input(Catalog.carts_table_arn)
    carts_table = Input(Catalog.carts_table)
    order_intake_table_arn = Input(Catalog.order_intake_table_arn)
    order_intake_table = Input(Catalog.order_intake_table)
    bus_arn = Input(Events.bus_arn)
    bus_name = Input(Events.bus_name)
    payments_url = Input(PaymentRequests.payments_url)
    payments_stage_arn = Input(PaymentRequests.payments_stage_arn)
    payment_client_group_id = Input(PaymentRequests.payment_client_group_id)
    cache_secret_arn = Input(Secrets.cache_secret_arn)
    session_endpoint = Input(Cache.session_endpoint)
    session_port = Input(Cache.session_port)
    session_user = Input(Cache.session_user)
    price_endpoint = Input(Prices.price_endpoint)
    price_port = Input(Prices.price_port)
    search_endpoint = Input(Search.search_endpoint)
    search_domain_arn = Input(Search.search_domain_arn)
    campaign_arn = Input(RecommendationTraining.campaign_arn)
    not_bought_filter_arn = Input(RecommendationModel.not_bought_filter_arn)

    shop_template_id = Output(example="lt-0123456789abcdef0")
    shop_template_version = Output(example="1")

    def build(self) -> None:
        self.logs()
        self.instance_role()
        self.launch_template()

    def logs(self) -> None:
        self.shop_logs = self.add(
            LogGroup(
                "ShopLogs",
                LogGroupName=Sub("/tradewind/${Name}", Name=self.named("shop")),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )

    def instance_role(self) -> None:
        """Neither cards nor the database are the fleet's business: orders go to intake, with a token."""
        carts = grants.Table(self.carts_table_arn, self.data_key_arn)
        intake = grants.Table(self.order_intake_table_arn, self.data_key_arn)
        sessions = grants.Secret(self.cache_secret_arn, self.secrets_key_arn)
        artifacts = grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn)
        role = self.role(
            "ShopInstance",
            trusted=grants.service("ec2"),
            allows=[
                grants.Table(self.catalogue_table_arn, self.data_key_arn).read(),
                [carts.read(), carts.write()],
                [intake.get(), intake.put()],
                [artifacts.read(RELEASES), artifacts.get(KEPT)],
                grants.EventBus(self.bus_arn).put(SOURCE, SHOP_EVENTS),
                grants.LogGroup(GetAtt(self.shop_logs, "Arn")).write(),
                grants.publish_metrics(METRICS),
                grants.session_manager(),
            ],
            besides={
                Conditions.payment_api: [
                    grants.Api(self.payments_stage_arn).invoke("POST", AUTHORIZE.path)
                ],
                Conditions.session_cache: [sessions.read()],
                Conditions.product_search: [
                    grants.SearchDomain(self.search_domain_arn).query(INDEX)
                ],
                Conditions.recommendations: [
                    grants.Recommender.ask(self.campaign_arn, self.not_bought_filter_arn)
                ],
            },
        )
        self.profile = self.add(InstanceProfile("ShopInstanceProfile", Roles=[Ref(role)]))

    def launch_template(self) -> None:
        template = instance_template(
            self,
            "ShopTemplate",
            name=self.named("shop"),
            image_id=self.image_id,
            profile=self.profile,
            security_groups=[
                self.fleet_security_group_id,
                self.choose(Conditions.payment_api, self.payment_client_group_id, NoValue),
            ],
            key_arn=self.data_key_arn,
            user_data=user_data(
                "shop", self.environment(), logs=Ref(self.shop_logs), own=shop_stub()
            ),
            InstanceType=self.settings.shop_instance_type,
        )
        self.shop_template_id = Ref(template)
        self.shop_template_version = GetAtt(template, "LatestVersionNumber")

    def environment(self) -> dict[str, object]:
        """What a revision of the shop reads from /etc/tradewind/shop.env; addresses and names, no secret.

        What a toggle left out is empty.
        """
        return {
            "SHOP_ORIGIN": self.sub("https://shop.${DomainName}"),
            "AWS_DEFAULT_REGION": Ref("AWS::Region"),
            "CATALOGUE_TABLE": self.catalogue_table,
            "CARTS_TABLE": self.carts_table,
            "ORDER_INTAKE_TABLE": self.order_intake_table,
            "SESSION_CACHE": self.session_endpoint,
            "SESSION_CACHE_PORT": self.session_port,
            "SESSION_CACHE_USER": self.session_user,
            "SESSION_CACHE_SECRET": self.cache_secret_arn,
            "PRICE_CACHE": self.price_endpoint,
            "PRICE_CACHE_PORT": self.price_port,
            "SEARCH_ENDPOINT": self.search_endpoint,
            "SEARCH_INDEX": INDEX,
            "RECOMMENDATIONS": self.campaign_arn,
            "RECOMMENDATIONS_FILTER": self.not_bought_filter_arn,
            "EVENT_BUS": self.bus_name,
            "PAYMENTS_URL": self.payments_url,
            "METRICS_NAMESPACE": METRICS,
        }
