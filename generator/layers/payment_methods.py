"""The methods of the payments API: what each takes, which function does it, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.apigateway import (
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    RequestValidator,
    Resource,
)

from generator.functions import may_call
from generator.payment_api import ANSWERS, AUTHORIZE, JSON, TEMPLATE, VOID, Answer, Request

if TYPE_CHECKING:
    from generator.layers.payment_requests import PaymentRequests


def methods(layer: PaymentRequests) -> list[AWSObject]:
    """All of them."""
    checked = layer.add(
        RequestValidator(
            "Checked",
            RestApiId=Ref(layer.rest_api),
            Name="body-and-parameters",
            ValidateRequestBody=True,
            ValidateRequestParameters=True,
        )
    )
    return [
        _method(layer, checked, AUTHORIZE, layer.authorization_function_arn),
        _method(layer, checked, VOID, layer.void_function_arn),
    ]


def _method(
    layer: PaymentRequests, checked: AWSObject, request: Request, function_arn: Ref
) -> AWSObject:
    """A path, its model, its one method, and leave for it to call the function.

    The model is the default for any content type too: without one, a body of another type would pass unread.
    """
    resource = layer.add(
        Resource(
            f"{request.title}Path",
            RestApiId=Ref(layer.rest_api),
            ParentId=GetAtt(layer.rest_api, "RootResourceId"),
            PathPart=request.path,
        )
    )
    model = layer.add(
        Model(
            f"{request.title}Model",
            RestApiId=Ref(layer.rest_api),
            Name=request.title,
            ContentType=JSON,
            Schema=request.model(),
        )
    )
    may_call(
        layer,
        f"{request.title}Calls",
        function_arn,
        service="apigateway",
        source=Sub(f"${{Stage}}/POST/{request.path}", Stage=layer.stage_arn()),
    )
    return layer.add(
        Method(
            f"{request.title}Method",
            RestApiId=Ref(layer.rest_api),
            ResourceId=Ref(resource),
            HttpMethod="POST",
            AuthorizationType="AWS_IAM",
            RequestValidatorId=Ref(checked),
            RequestModels={JSON: Ref(model), "$default": Ref(model)},
            MethodResponses=[MethodResponse(StatusCode=answer.status) for answer in ANSWERS],
            Integration=_integration(function_arn),
        )
    )


def _integration(function_arn: Ref) -> Integration:
    """The function sees the body, wrapped, and nothing else of the request."""
    return Integration(
        Type="AWS",
        IntegrationHttpMethod="POST",
        Uri=Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
            "/${Function}/invocations",
            Function=function_arn,
        ),
        PassthroughBehavior="NEVER",
        RequestTemplates={JSON: TEMPLATE},
        TimeoutInMillis=29_000,
        IntegrationResponses=[_response(answer) for answer in ANSWERS],
    )


def _response(answer: Answer) -> IntegrationResponse:
    said: dict[str, Any] = {}
    if answer.raised:
        said["SelectionPattern"] = answer.raised
    if answer.says:
        said["ResponseTemplates"] = {JSON: answer.says}
    return IntegrationResponse(StatusCode=answer.status, **said)
