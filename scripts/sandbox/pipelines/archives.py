"""Files in artifacts, which are zips."""

from __future__ import annotations

import io
import zipfile

from scripts.sandbox.pipelines import objects
from scripts.sandbox.pipelines.providers import Artifact, Job, Refused


def file_in(job: Job, place: str) -> str:
    """The text at `artifact::path` among an action's inputs. Raises Refused."""
    name, separator, path = place.partition("::")
    if not separator:
        raise Refused(f"'{place}' is not of the form artifact::file.")
    return read_file(job.input(name), path)


def read_file(artifact: Artifact, path: str) -> str:
    """A file's text. Raises Refused."""
    body = objects.get(artifact.bucket, artifact.key, artifact.version)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return archive.read(path).decode("utf-8")
    except zipfile.BadZipFile:
        raise Refused(f"The artifact {artifact.name} is not a zip file.") from None
    except KeyError:
        raise Refused(f"File [{path}] does not exist in artifact [{artifact.name}]") from None
    except UnicodeDecodeError:
        raise Refused(
            f"File [{path}] in artifact [{artifact.name}] is not text in UTF-8."
        ) from None


def write_file(artifact: Artifact, path: str, text: str) -> Artifact:
    """Make an artifact of one file."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path, text)
    stored = objects.put(artifact.bucket, artifact.key, body.getvalue(), artifact.encryption_key)
    return Artifact(artifact.name, artifact.bucket, artifact.key, stored.version)
