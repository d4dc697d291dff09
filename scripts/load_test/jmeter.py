"""JMeter as it is installed on this machine, and how it is started.

Debian's and Ubuntu's package is 2.13, whose HTTP module is a package of its own. With the XStream that they
ship (1.4.18 and later) it refuses to open any plan, its own examples included: XStream asks since then which
classes it may read, and 2.13 does not say. So it is started by BeanShell, which the package depends on, with
a script that says so for JMeter's own classes. https://x-stream.github.io/security.html#framework
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import UsageError

PACKAGES = "jmeter jmeter-http"

_HTTP_MODULE = "lib/ext/ApacheJMeter_http.jar"
_MAIN = "bin/ApacheJMeter.jar"

#: Where Debian's packages put Java libraries.
_DEBIAN_LIBRARIES = Path("/usr/share/java")

_PERMIT = """\
// Lets JMeter 2.13 read its own classes from a plan, then starts it with our arguments.
import org.apache.jmeter.NewDriver;
field = NewDriver.class.getDeclaredField("loader");
field.setAccessible(true);
loader = field.get(null);
Thread.currentThread().setContextClassLoader(loader);
loader.loadClass("org.apache.jmeter.util.JMeterUtils")
    .getMethod("setJMeterHome", new Class[] {String.class})
    .invoke(null, new Object[] {NewDriver.getJMeterDir()});
saver = Class.forName("org.apache.jmeter.save.SaveService", true, loader).getDeclaredField("JMXSAVER");
saver.setAccessible(true);
xstream = saver.get(null);
xstream.getClass()
    .getMethod("allowTypesByWildcard", new Class[] {String[].class})
    .invoke(xstream, new Object[] {new String[] {"org.apache.jmeter.**", "org.apache.jorphan.**"}});
jmeter = loader.loadClass("org.apache.jmeter.JMeter");
jmeter.getMethod("start", new Class[] {String[].class})
    .invoke(jmeter.newInstance(), new Object[] {bsh.args});
"""


@dataclass(frozen=True)
class JMeter:
    """An installation: where it is, and which."""

    home: Path
    version: str

    @property
    def needs_permission(self) -> bool:
        """Whether it is one that its distribution's XStream does not trust."""
        return self.version.startswith("2.") and not any((self.home / "lib").glob("xstream*.jar"))

    def command(self, workplace: Path, arguments: tuple[str, ...]) -> list[str]:
        """The words that start it; `workplace` is for a file that it may need."""
        if not self.needs_permission:
            return [str(self.home / "bin" / "jmeter"), *arguments]
        script = workplace / "permit.bsh"
        script.write_text(_PERMIT, encoding="utf-8")
        return [
            "java",
            f"-Djmeter.home={self.home}",
            "-Djava.awt.headless=true",
            "-classpath",
            f"{self.home / _MAIN}:{_DEBIAN_LIBRARIES / 'bsh.jar'}",
            "bsh.Interpreter",
            str(script),
            *arguments,
        ]


def find(environment: Mapping[str, str] = os.environ) -> JMeter:
    """JMETER_HOME, else the jmeter on the PATH. Raises UsageError, with the package, where there is none."""
    home = _home(environment)
    if home is None or not (home / _MAIN).is_file() or _java(environment) is None:
        raise UsageError(
            "JMeter is not installed here.",
            fix=f"On Debian or Ubuntu: apt-get install {PACKAGES}; elsewhere unpack Apache's archive, "
            "have Java, and set JMETER_HOME.",
        )
    if not (home / _HTTP_MODULE).is_file():
        raise UsageError(
            f"The JMeter in {home} has no module for HTTP.",
            fix="On Debian and Ubuntu it is a package of its own: apt-get install jmeter-http",
        )
    return JMeter(home, _version(home / _MAIN))


def _home(environment: Mapping[str, str]) -> Path | None:
    if said := environment.get("JMETER_HOME"):
        return Path(said)
    found = shutil.which("jmeter", path=environment.get("PATH"))
    if found is None:
        return None
    home = Path(found).resolve().parent.parent
    return home if (home / _MAIN).is_file() else home / "share" / "jmeter"


def _java(environment: Mapping[str, str]) -> str | None:
    return shutil.which("java", path=environment.get("PATH"))


def _version(jar: Path) -> str:
    """As its manifest says, without what a distribution has added; empty where it says nothing."""
    try:
        with zipfile.ZipFile(jar) as archive:
            manifest = archive.read("META-INF/MANIFEST.MF").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return ""
    said = re.search(
        r"^Implementation-Version: *(\d+\.\d+(?:\.\d{1,3})?)(?!\d)", manifest, re.MULTILINE
    )
    return said[1] if said else ""
