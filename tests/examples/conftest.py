"""Each real data set, imported once."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.workspaces import Example


@pytest.fixture(scope="session")
def bpi(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example.make(tmp_path_factory.mktemp("bpi2012"), shared_data / "bpi2012", "bpi2012.md", "bpi2012.yaml")


@pytest.fixture(scope="session")
def olist(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example.make(tmp_path_factory.mktemp("olist"), shared_data / "olist", "olist.md", "olist/mapping.yaml")


@pytest.fixture(scope="session")
def hubspot(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Example:
    data = shared_data / "crm_exports" / "hubspot_dummy"
    return Example.make(tmp_path_factory.mktemp("hubspot"), data, "hubspot.md")
