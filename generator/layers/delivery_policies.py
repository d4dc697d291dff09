"""What CloudFront keeps, for how long and by which key, and the headers that it adds."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import AWSObject, GetAtt, Ref
from troposphere.cloudfront import (
    CacheCookiesConfig,
    CacheHeadersConfig,
    CachePolicy,
    CachePolicyConfig,
    CacheQueryStringsConfig,
    ContentSecurityPolicy,
    ContentTypeOptions,
    CustomHeader,
    CustomHeadersConfig,
    FrameOptions,
    ParametersInCacheKeyAndForwardedToOrigin,
    ReferrerPolicy,
    RemoveHeader,
    RemoveHeadersConfig,
    ResponseHeadersPolicy,
    ResponseHeadersPolicyConfig,
    SecurityHeadersConfig,
    StrictTransportSecurity,
    XSSProtection,
)

from generator.layer import Layer, Output

MINUTE, DAY, YEAR = 60, 86_400, 31_536_000

#: What a page of the catalogue may depend on; nothing else of a query reaches the shop or the key.
PAGE_PARAMETERS = ("category", "from", "page", "q", "sort")

#: All that a page may do: what it loads, where it posts and who may frame it.
CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "upgrade-insecure-requests",
    )
)

#: What a page may ask a browser for: nothing but to pay.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(self), usb=()"

SAME_ORIGIN = "same-origin"

ID = "11111111-1111-1111-1111-1111111111"


class DeliveryPolicies(Layer):
    """cache policies of files and of catalogue pages, and the security headers of every answer."""

    files_policy_id = Output(example=f"{ID}01")
    pages_policy_id = Output(example=f"{ID}02")
    headers_policy_id = Output(example=f"{ID}03")

    def build(self) -> None:
        self.files()
        self.pages()
        self.security_headers()

    def files(self) -> None:
        """By their path alone. A new version of a file has a new name."""
        kept = self.kept("Files", "files", default=DAY, most=YEAR)
        self.files_policy_id = Ref(kept)

    def pages(self) -> None:
        """By path and query. No cookie reaches the shop, and CloudFront takes Set-Cookie off its answer: one
        customer's session is never another's.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
        """
        kept = self.kept(
            "Pages", "pages", default=MINUTE, most=5 * MINUTE, parameters=PAGE_PARAMETERS
        )
        self.pages_policy_id = Ref(kept)

    def kept(
        self,
        title: str,
        purpose: str,
        *,
        default: int,
        most: int,
        parameters: Sequence[str] = (),
    ) -> AWSObject:
        """Seconds that an answer is kept: `default` where the shop does not say, `most` whatever it says."""
        query = (
            CacheQueryStringsConfig(QueryStringBehavior="whitelist", QueryStrings=list(parameters))
            if parameters
            else CacheQueryStringsConfig(QueryStringBehavior="none")
        )
        return self.add(
            CachePolicy(
                title,
                CachePolicyConfig=CachePolicyConfig(
                    Name=self.named_everywhere(purpose),
                    Comment=f"Tradewind: how long CloudFront keeps {purpose}",
                    MinTTL=0,
                    DefaultTTL=default,
                    MaxTTL=most,
                    ParametersInCacheKeyAndForwardedToOrigin=ParametersInCacheKeyAndForwardedToOrigin(
                        CookiesConfig=CacheCookiesConfig(CookieBehavior="none"),
                        HeadersConfig=CacheHeadersConfig(HeaderBehavior="none"),
                        QueryStringsConfig=query,
                        EnableAcceptEncodingBrotli=True,
                        EnableAcceptEncodingGzip=True,
                    ),
                ),
            )
        )

    def security_headers(self) -> None:
        """Whatever the shop says itself. No CORS: no other site's script has business here."""
        custom = {
            "Cross-Origin-Opener-Policy": SAME_ORIGIN,
            "Cross-Origin-Resource-Policy": SAME_ORIGIN,
            "Permissions-Policy": PERMISSIONS,
        }
        policy = self.add(
            ResponseHeadersPolicy(
                "SecurityHeaders",
                ResponseHeadersPolicyConfig=ResponseHeadersPolicyConfig(
                    Name=self.named_everywhere("security"),
                    Comment="Tradewind: what every answer of the shop tells browsers",
                    SecurityHeadersConfig=self.security(),
                    CustomHeadersConfig=CustomHeadersConfig(
                        Items=[
                            CustomHeader(Header=header, Value=value, Override=True)
                            for header, value in custom.items()
                        ]
                    ),
                    RemoveHeadersConfig=RemoveHeadersConfig(
                        Items=[RemoveHeader(Header=header) for header in ("Server", "X-Powered-By")]
                    ),
                ),
            )
        )
        self.headers_policy_id = GetAtt(policy, "Id")

    def security(self) -> SecurityHeadersConfig:
        """X-XSS-Protection is switched off: the filter that it spoke to did more harm than good."""
        return SecurityHeadersConfig(
            ContentSecurityPolicy=ContentSecurityPolicy(
                ContentSecurityPolicy=CONTENT_SECURITY, Override=True
            ),
            ContentTypeOptions=ContentTypeOptions(Override=True),
            FrameOptions=FrameOptions(FrameOption="DENY", Override=True),
            ReferrerPolicy=ReferrerPolicy(
                ReferrerPolicy="strict-origin-when-cross-origin", Override=True
            ),
            StrictTransportSecurity=StrictTransportSecurity(
                AccessControlMaxAgeSec=2 * YEAR, IncludeSubdomains=True, Preload=True, Override=True
            ),
            XSSProtection=XSSProtection(Protection=False, Override=True),
        )
