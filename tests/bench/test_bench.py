"""The benches run: both sides leave the same rows, and those written by hand pass the product's own check."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from databases import ROOT, fresh_database, named, server
from psycopg import sql

pytestmark = pytest.mark.long


@pytest.fixture
def database():
    name = f"bench_{os.getpid()}"
    yield fresh_database(name)
    with psycopg.connect(named(server(), "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def test_every_bench_gives_figures(database):
    done = subprocess.run(
        [sys.executable, "-m", "bench.tiny", database], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert {figure["bench"].split()[0] for figure in figures} == {
        "place",
        "capture",
        "life",
        "workflow",
        "papers",
        "rules",
        "growth",
    }
    names = {figure["bench"] for figure in figures}
    assert {
        f"workflow many_kinds{more}" for more in ("", *(f" one completion{how}" for how in ("", " alone", " by hand")))
    } <= names
    assert "workflow other_eyes" in names, "several persons vote, and another one checks"
    for figure in figures:
        assert list(figure) == ["bench", "ours", "limit", "target", "n", "ratio"]
        assert figure["ours"] > 0
        assert figure["limit"] > 0
        assert figure["ratio"] == pytest.approx(figure["limit"] / figure["ours"], rel=0.01)
