"""The campaign of faults, shortened; `python -m tests.campaign` plays all of them, on both databases."""

from pathlib import Path

import pytest

from tests.campaign.campaign import Campaign, table
from tests.campaign.scene import on_sqlite
from tests.campaign.strikes import KINDS

# One of each sort; what else there is takes longer or needs PostgreSQL.
_PLAYED = (
    "bot: kill -9",
    "bot: frozen and woken",
    "database: locked by a stranger",
    "disk full",
    "clock: an hour and more backwards",
    "Telegram: connections broken after",
)


@pytest.mark.timeout(180)
async def test_no_fault_loses_doubles_or_reorders_anything(launcher: Path, tmp_path: Path) -> None:
    async with on_sqlite(launcher, tmp_path, None) as scene:
        campaign = Campaign(scene, 1, customers=5, messages=15, within=1.0)
        await campaign.prepare()
        await campaign.play([kind for kind in KINDS if kind.name in _PLAYED], 1)
        rows = list(campaign.rows.values())
        print(table(rows))
        assert {row.name for row in rows} == set(_PLAYED)
        assert not [wrong for row in rows for wrong in row.wrong]
        assert not scene.rig.errors()
