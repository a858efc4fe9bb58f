"""Asks MetricFlow the queries of metricflow.json again and writes its rows beside them.

python -m venv venv; venv/bin/pip install dbt-core dbt-duckdb dbt-metricflow; venv/bin/python record.py
The rows there are those of dbt-core 1.12.6, dbt-duckdb 1.11.1 and dbt-metricflow 0.15.0 (metricflow 0.213.0).
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).resolve().parent
work = tempfile.mkdtemp()
shutil.copytree(here, work, dirs_exist_ok=True)
os.chdir(work)
os.environ["DBT_PROFILES_DIR"] = work
subprocess.run([str(Path(sys.executable).parent / "dbt"), "build", "--quiet"], check=True)

from click.testing import CliRunner  # noqa: E402
from dbt_metricflow.cli.main import cli  # noqa: E402

recorded = json.loads((here / "metricflow.json").read_text())
for query in recorded:
    out = Path(work, "out.csv")
    out.unlink(missing_ok=True)
    args = ["query", "--metrics", ",".join(query["metrics"]), "--csv", str(out)]
    if "groupBy" in query:
        args += ["--group-by", ",".join(query["groupBy"])]
    for condition in query.get("where", []):
        args += ["--where", condition]
    if "orderBy" in query:
        args += ["--order", ",".join(query["orderBy"])]
    for key, flag in (("limit", "--limit"), ("start", "--start-time"), ("end", "--end-time")):
        if key in query:
            args += [flag, str(query[key])]
    result = CliRunner().invoke(cli, args)
    if not out.exists():
        sys.exit(f"{query}\n{result.output}\n{result.exception}")
    columns, *rows = csv.reader(out.open())
    query["columns"], query["rows"] = columns, rows
lines = ",\n".join(" " + json.dumps(query, ensure_ascii=False) for query in recorded)
(here / "metricflow.json").write_text(f"[\n{lines}\n]\n")
