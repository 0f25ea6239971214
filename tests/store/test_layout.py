"""The database as it is laid out: one schema on both databases, in step with the contract and with its migrations."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from accord.store.database import open_store
from accord.store.layout import FORMAT
from accord.store.lead_columns import known_as, widened
from accord.store.physical import VERSION_TABLES, composite_key
from accord.store.single import write_rows
from accord.tables.schema import TABLES, Type, stored_columns
from accord.workspace import Workspace
from support.staging import MOMENT


def test_migrations_and_models_agree() -> None:
    """A column added to the contract needs a migration, and a higher format."""
    program = (
        "import django; from django.conf import settings; from django.core.management import call_command\n"
        "settings.configure(INSTALLED_APPS=['accord.store.apps.StoreConfig'], USE_TZ=True,\n"
        "    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}})\n"
        "django.setup(); call_command('makemigrations', 'store', check=True, dry_run=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_format_is_what_the_migrations_write(workspace: Workspace) -> None:
    with open_store(workspace.database_url) as store:
        assert store.layout.version == FORMAT
        assert len(store.layout.identity) >= 32


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_its_view(workspace: Workspace, table: object) -> None:
    with open_store(workspace.database_url) as store:
        cursor = store.session.raw.execute(f"SELECT * FROM {table.name}")  # type: ignore[attr-defined]
        names = [column[0] for column in cursor.description]
    assert names == [*(column.name for column in stored_columns(table)), "extra"]  # type: ignore[arg-type]


def test_views_show_the_current_rows(workspace: Workspace) -> None:
    url = workspace.database_url
    write_rows(url, "handoffs", [{"handoff_id": "H1", "lead_id": "L1", "at": MOMENT, "score": 7.5}])
    write_rows(
        url, "handoffs", [{"handoff_id": "H1", "score": 8.5}, {"handoff_id": "H2", "lead_id": "L2", "at": MOMENT}]
    )
    day = date(2026, 1, 31)
    for amount in (1.0, 2.0):
        write_rows(url, "spend", [{"start": day, "end": day, "channel": "ads", "amount": amount}])
    with open_store(url) as store:
        handoffs = store.session.rows('SELECT handoff_id, "at", score FROM handoffs ORDER BY handoff_id')
        spend = store.session.rows('SELECT "start", campaign, amount FROM spend')
    assert [(key, str(at), score) for key, at, score in handoffs] == [
        ("H1", "2026-03-01 09:30:00", 8.5),
        ("H2", "2026-03-01 09:30:00", None),
    ]
    assert [(str(start), campaign, amount) for start, campaign, amount in spend] == [("2026-01-31", None, 2.0)]


def test_a_second_opening_does_not_lay_out_again(workspace: Workspace) -> None:
    program = (
        "import sys; from accord.store.database import open_store\n"
        f"open_store({workspace.database_url!r}, create=True).close()\n"
        "print(sorted({'django', 'pandas', 'duckdb'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_keys_of_several_columns_are_told_apart() -> None:
    parts: list[list[object]] = [
        [date(2026, 1, 1), None, "a|b"],
        [date(2026, 1, 1), "", "a|b"],
        [date(2026, 1, 1), "a", "b"],
        [date(2026, 1, 1), "a|=b", None],
        [date(2026, 1, 1), "a\\", "b"],
        [date(2026, 1, 1), "a\\|=b", None],
        [date(2026, 1, 1), "a", "=b"],
    ]
    assert len({composite_key(part) for part in parts}) == len(parts)
    assert composite_key([date(2026, 1, 1), None, "ads"]) == "2026-01-01||=ads"


def test_only_spend_has_a_key_of_its_own() -> None:
    assert [name for name, table in VERSION_TABLES.items() if table.composite] == ["spend"]


@pytest.mark.parametrize(
    ("old", "new", "together"),
    [
        (Type.INTEGER, Type.INTEGER, Type.INTEGER),
        (Type.INTEGER, Type.NUMBER, Type.NUMBER),
        (Type.NUMBER, Type.INTEGER, Type.NUMBER),
        (Type.BOOLEAN, Type.INTEGER, Type.TEXT),
        (Type.DATE, Type.TIME, Type.TEXT),
        (Type.TEXT, Type.INTEGER, Type.TEXT),
    ],
)
def test_columns_are_widened_never_narrowed(old: Type, new: Type, together: Type) -> None:
    assert widened({"a": old, "b": Type.DATE}, {"a": new}) == {"a": together, "b": Type.DATE}


def test_names_are_told_apart_as_engines_do() -> None:
    assert known_as({"Region": Type.TEXT}, "REGION") == "Region"
    assert known_as({}, "REGION") == "REGION"
    assert known_as({}, "Created_At_Is_Date") is None
    assert known_as({}, "position") == "position"


def test_history_of_a_click(workspace: Workspace) -> None:
    url = workspace.database_url
    later = MOMENT + timedelta(days=1)
    assert (
        write_rows(url, "leads", [{"lead_id": "L1", "created_at": MOMENT, "channel": "ads", "Tier": 1}], source="form")
        == 1
    )
    assert write_rows(url, "leads", [{"lead_id": "L1", "channel": None}]) == 2
    assert write_rows(url, "leads", [{"lead_id": "L1", "created_at": MOMENT, "tier": 1}]) == 2, "nothing changed"
    assert write_rows(url, "leads", [{"lead_id": "L1", "created_at": later.date()}]) == 3
    with open_store(url) as store:
        history = store.history("leads", "L1")
        assert [(v.position, v.source, v.row.values["channel"]) for v in history] == [
            (1, "form", "ads"),
            (2, "api", None),
            (3, "api", None),
        ]
        assert [v.row.extra for v in history] == [{"Tier": 1}] * 3
        row = store.row("leads", "L1")
        assert row is not None
        assert (row.values["created_at"], row.values["created_at_is_date"]) == (later.replace(hour=0, minute=0), True)
        assert store.row("leads", "L2") is None
        assert store.lead_columns() == {"Tier": Type.INTEGER}
        assert [record.accounting["leads"]["added"] for record in store.imports()] == [1, 0, 0]


def test_one_call_is_one_import(workspace: Workspace) -> None:
    rows = [{"touch_id": "T1", "lead_id": "L", "at": MOMENT, "kind": kind} for kind in ("form", "chat")]
    assert write_rows(workspace.database_url, "touches", rows) == 1
    with open_store(workspace.database_url) as store:
        assert [version.row.values["kind"] for version in store.history("touches", "T1")] == ["chat"]
        counts = store.imports()[0].accounting["touches"]
    assert counts == {"read": 2, "added": 1, "updated": 1, "unchanged": 0, "quarantined": 0}
