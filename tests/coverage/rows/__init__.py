"""The rows of the coverage, in the users' order: each with their words, and the claims that hold it."""

from __future__ import annotations

from tests.coverage.claims import Row
from tests.coverage.rows.access import S4, S5
from tests.coverage.rows.alarms import O3
from tests.coverage.rows.catalogue import P5
from tests.coverage.rows.commerce import E3, E4
from tests.coverage.rows.cost import C1, C2, C3, C4
from tests.coverage.rows.databases import I4, R4, R5, S3
from tests.coverage.rows.defence import S6, S7
from tests.coverage.rows.delivery import I3, P1
from tests.coverage.rows.encryption import S1
from tests.coverage.rows.everywhere import ALSO
from tests.coverage.rows.governance import E5, O4
from tests.coverage.rows.ground import I1, I2, P3
from tests.coverage.rows.insight import E2, P6
from tests.coverage.rows.operations import O1, O2
from tests.coverage.rows.regions import R1, R2, R3
from tests.coverage.rows.screens import M2
from tests.coverage.rows.spare import M1, P4
from tests.coverage.rows.stores import E1, P2
from tests.coverage.rows.transit import S2

#: Every row that users were promised, in their order.
IDS = (
    *("O1", "O2", "O3", "O4"),
    *("S1", "S2", "S3", "S4", "S5", "S6", "S7"),
    *("R1", "R2", "R3", "R4", "R5"),
    *("P1", "P2", "P3", "I2", "P4", "P5", "P6"),
    *("C1", "C2", "C3", "C4"),
    *("E1", "E2", "E3", "E4", "E5"),
    *("I1", "I3", "I4"),
    *("M1", "M2"),
    "everywhere",
)

ROWS: tuple[Row, ...] = (
    *(O1, O2, O3, O4),
    *(S1, S2, S3, S4, S5, S6, S7),
    *(R1, R2, R3, R4, R5),
    *(P1, P2, P3, I2, P4, P5, P6),
    *(C1, C2, C3, C4),
    *(E1, E2, E3, E4, E5),
    *(I1, I3, I4),
    *(M1, M2),
    ALSO,
)
