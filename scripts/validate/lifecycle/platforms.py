"""Until when lives what our code runs on: images, Python; and the versions of AWS's recipes and standards."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.lifecycle.rows import Row, Source, listed

BUILD_IMAGE = "CodeBuild image"
MACHINE_IMAGE = "machine image"
PYTHON = "Python"
RECIPE = "Personalize recipe"
STANDARD = "Security Hub standard"

IMAGES = Source(
    "EC2 compute images of CodeBuild",
    "https://docs.aws.amazon.com/codebuild/latest/userguide/ec2-compute-images.html",
)
DEPRECATED_IMAGES = Source(
    "Deprecated CodeBuild images",
    "https://docs.aws.amazon.com/codebuild/latest/userguide/deprecated-images.html",
)
AL2023 = Source(
    "Release cadence of Amazon Linux 2023",
    "https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html",
)
AL2 = Source(
    "Lambda runtimes, of Amazon Linux 2",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
PEPS = Source("Python's release cycle", "https://peps.python.org/api/release-cycle.json")
RECIPES = Source(
    "Recipes of Amazon Personalize",
    "https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html",
)
CIS = Source(
    "CIS AWS Foundations Benchmark in Security Hub",
    "https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html",
)
STANDARDS = Source(
    "Standards reference for Security Hub",
    "https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html",
)

#: CodeBuild announces no ends: it lists what it supports, and what it no longer does.
SUPPORTED = (
    "aws/codebuild/amazonlinux-x86_64-standard:4.0",
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "aws/codebuild/amazonlinux-aarch64-standard:2.0",
    "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    "aws/codebuild/amazonlinux-x86_64-standard:corretto8",
    "aws/codebuild/amazonlinux-x86_64-standard:corretto11",
    "aws/codebuild/standard:5.0",
    "aws/codebuild/standard:6.0",
    "aws/codebuild/standard:7.0",
)
UNSUPPORTED = {
    "aws/codebuild/amazonlinux2-x86_64-standard:3.0": "2023-05-09",
    "aws/codebuild/standard:4.0": "2023-03-31",
    "aws/codebuild/amazonlinux2-aarch64-standard:1.0": "2023-03-31",
    "aws/codebuild/standard:3.0": "2022-06-30",
    "aws/codebuild/amazonlinux2-x86_64-standard:2.0": "2022-06-30",
}

PYTHONS = {
    "3.9": "2025-10-31",
    "3.10": "2026-10",
    "3.11": "2027-10",
    "3.12": "2028-10",
    "3.13": "2029-10",
    "3.14": "2030-10",
    "3.15": "2031-10",
}


def rows() -> Iterator[Row]:
    """Every platform's."""
    yield from listed(BUILD_IMAGE, IMAGES, SUPPORTED)
    yield from listed(BUILD_IMAGE, DEPRECATED_IMAGES, UNSUPPORTED)
    al2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-*"
    yield from listed(MACHINE_IMAGE, AL2023, {al2023: "2029-06-30"})
    yield from listed(
        MACHINE_IMAGE, AL2, {"/aws/service/ami-amazon-linux-latest/amzn2-ami-*": "2026-06-30"}
    )
    yield from listed(PYTHON, PEPS, PYTHONS)
    yield from listed(RECIPE, RECIPES, ("aws-user-personalization-v2", "aws-user-personalization"))
    yield from listed(STANDARD, STANDARDS, ("aws-foundational-security-best-practices/v/1.0.0",))
    yield from listed(
        STANDARD,
        CIS,
        (f"cis-aws-foundations-benchmark/v/{number}" for number in ("1.4.0", "3.0.0", "5.0.0")),
    )
