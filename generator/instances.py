"""What an EC2 instance of ours is: IMDSv2, encrypted disk, no public address, closely watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Base64, GetAtt, Tags
from troposphere.ec2 import (
    EBSBlockDevice,
    IamInstanceProfile,
    LaunchTemplate,
    LaunchTemplateBlockDeviceMapping,
    LaunchTemplateData,
    MetadataOptions,
    Monitoring,
    NetworkInterfaces,
    TagSpecifications,
)

from generator.layer import PublicParameter

if TYPE_CHECKING:
    from generator.layer import Layer

#: Amazon Linux 2023 on Graviton, as the region has it when the plan is made.
#: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
AMAZON_LINUX = PublicParameter(
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
)

#: GiB of an instance's disk: the system, a revision and its logs.
DISK_GIB = 20


def instance_template(
    layer: Layer,
    title: str,
    *,
    name: object,
    image_id: object,
    profile: AWSObject,
    security_groups: Sequence[object],
    key_arn: object,
    user_data: Base64,
    **choices: Any,
) -> AWSObject:
    """A launch template; `choices` are of LaunchTemplateData, such as InstanceType."""
    return layer.add(
        LaunchTemplate(
            title,
            LaunchTemplateData=LaunchTemplateData(
                ImageId=image_id,
                IamInstanceProfile=IamInstanceProfile(Arn=GetAtt(profile, "Arn")),
                EbsOptimized=True,
                Monitoring=Monitoring(Enabled=True),
                MetadataOptions=MetadataOptions(
                    HttpEndpoint="enabled",
                    HttpTokens="required",
                    HttpPutResponseHopLimit=1,
                    InstanceMetadataTags="enabled",
                ),
                NetworkInterfaces=[
                    NetworkInterfaces(
                        DeviceIndex=0,
                        AssociatePublicIpAddress=False,
                        DeleteOnTermination=True,
                        Groups=list(security_groups),
                    )
                ],
                BlockDeviceMappings=[
                    LaunchTemplateBlockDeviceMapping(
                        DeviceName="/dev/xvda",
                        Ebs=EBSBlockDevice(
                            VolumeType="gp3",
                            VolumeSize=DISK_GIB,
                            Encrypted=True,
                            KmsKeyId=key_arn,
                            DeleteOnTermination=True,
                        ),
                    )
                ],
                TagSpecifications=[
                    TagSpecifications(ResourceType=kind, Tags=Tags(Name=name))
                    for kind in ("volume", "network-interface")
                ],
                UserData=user_data,
                **choices,
            ),
        )
    )
