"""Which artifacts a build is asked for, and where they go.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.sandbox.builds.artifacts import ArtifactFailed, Delivery
from scripts.sandbox.builds.buildspec import ArtifactSpec, Buildspec
from scripts.sandbox.builds.records import Build


def wanted(build: Build, spec: Buildspec) -> Iterator[tuple[ArtifactSpec, Delivery]]:
    """Each artifact of a build, and its place. Raises ArtifactFailed for one that no buildspec defines."""
    if build.delivery is not None:
        yield from _of_pipeline([Delivery(**one) for one in build.delivery["outputs"]], spec)
        return
    if build.asked["artifacts"]["type"] == "S3":
        if spec.artifacts is None:
            raise ArtifactFailed("no artifacts are defined in the buildspec")
        yield spec.artifacts, _delivery(build, build.asked["artifacts"], spec.artifacts)
    for said in build.asked.get("secondaryArtifacts", ()):
        if said["type"] == "S3":
            one = _secondary(spec, said["artifactIdentifier"])
            yield one, _delivery(build, said, one)


def _of_pipeline(
    outputs: list[Delivery], spec: Buildspec
) -> Iterator[tuple[ArtifactSpec, Delivery]]:
    """An action's only output is the buildspec's own artifact; of several, each is a secondary one.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    if len(outputs) == 1 and spec.artifacts is not None:
        yield spec.artifacts, outputs[0]
        return
    for output in outputs:
        yield _secondary(spec, output.identifier), output


def _secondary(spec: Buildspec, identifier: str) -> ArtifactSpec:
    found = spec.secondary_artifacts.get(identifier)
    if found is None:
        raise ArtifactFailed(f"no artifact {identifier} is defined in the buildspec")
    return found


def _delivery(build: Build, said: Mapping[str, Any], spec: ArtifactSpec) -> Delivery:
    """The place of an artifact in S3: `path`, the build's id, `name`."""
    name = str(said.get("name") or "")
    if said.get("overrideArtifactName") and spec.name:
        if "$" in spec.name or "`" in spec.name:
            raise ArtifactFailed("the sandbox evaluates no names of artifacts")
        name = spec.name
    between = build.uuid if said.get("namespaceType") == "BUILD_ID" else ""
    parts = (str(said.get("path") or "").strip("/"), between, name.strip("/"))
    key = "/".join(part for part in parts if part)
    packed = said.get("packaging", "NONE") == "ZIP"
    return Delivery(said.get("artifactIdentifier", ""), said["location"], key, packed)
