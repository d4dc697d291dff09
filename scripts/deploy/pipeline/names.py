"""What an environment's pipeline is called, and which of its stages belong to which wave.

Stages, actions and variables are named in `generator.release_stages`, of which pipeline.json is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.naming import PREFIX
from generator.places import Places
from generator.release_stages import WAVES, ReleaseWave
from scripts.deploy.waves import Wave

#: The root that makes the pipeline, and the roots that it deploys.
PIPELINE = "pipeline"
SHIPPED = tuple(dict.fromkeys(one.root for one in WAVES))


def pipeline(environment: str) -> str:
    """The pipeline of an environment."""
    return f"{PREFIX}-{environment}"


def operator_role(environment: str, region: str) -> str:
    """The role that alone may put approval results; `region` is the pipeline's."""
    return f"{PREFIX}-{environment}-operator-{region}"


def wave(step: ReleaseWave, places: Places) -> Wave:
    """The root and region that two stages are of."""
    return Wave(step.root, places[step.role])


def step_of(stage: str) -> ReleaseWave | None:
    """The wave that a stage plans or changes; None for the stages that are of no wave."""
    return next((step for step in WAVES if stage in (step.plan, step.change)), None)


def steps_of(wanted: Wave, places: Places) -> Iterator[ReleaseWave]:
    """The stages that can carry a wave: platform in the standby has them for either order."""
    return (step for step in WAVES if wave(step, places) == wanted)
