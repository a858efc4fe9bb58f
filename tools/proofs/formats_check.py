"""Reads what Meshwork wrote with each format's own implementation. Prints one line for each format.

Usage: formats_check.py FOLDER, with FOLDER/<contract>/<format>/<files>. Exits 1 where a file is refused.
"""

import importlib.util
import json
import os
import re
import sys
import tempfile
from pathlib import Path


def avro(path, _):
    import avro.schema
    import fastavro

    text = path.read_text()
    avro.schema.parse(text)
    fastavro.parse_schema(json.loads(text))


def protobuf(path, _):
    from grpc_tools import protoc
    import grpc_tools

    include = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as out:
        code = protoc.main(["protoc", f"-I{path.parent}", f"-I{include}", f"--python_out={out}", str(path)])
    assert code == 0, "protoc refuses it"


def iceberg(path, _):
    from pyiceberg.schema import Schema

    schema = Schema.model_validate_json(path.read_text())
    assert len(schema.fields) == len(json.loads(path.read_text())["fields"])
    # Every number is of one field only: the index of all of them would otherwise be refused.
    from pyiceberg.schema import index_by_id

    index_by_id(schema)


def arrow(path, _):
    import pyarrow as pa

    def type_of(field):
        kind = field["type"]
        name = kind["name"]
        children = field["children"]
        if name == "int":
            return getattr(pa, f"{'' if kind['isSigned'] else 'u'}int{kind['bitWidth']}")()
        if name == "floatingpoint":
            return pa.float32() if kind["precision"] == "SINGLE" else pa.float64()
        if name == "decimal":
            return getattr(pa, f"decimal{kind['bitWidth']}")(kind["precision"], kind["scale"])
        units = {"SECOND": "s", "MILLISECOND": "ms", "MICROSECOND": "us", "NANOSECOND": "ns"}
        if name == "time":
            return getattr(pa, f"time{kind['bitWidth']}")(units[kind["unit"]])
        if name == "timestamp":
            return pa.timestamp(units[kind["unit"]], kind.get("timezone"))
        if name == "interval":
            return pa.month_day_nano_interval()
        if name == "date":
            return pa.date32()
        if name == "fixedsizebinary":
            return pa.binary(kind["byteWidth"])
        if name == "list":
            return pa.list_(field_of(children[0]))
        if name == "fixedsizelist":
            return pa.list_(field_of(children[0]), kind["listSize"])
        if name == "map":
            key, value = children[0]["children"]
            return pa.map_(field_of(key), field_of(value))
        if name == "struct":
            return pa.struct([field_of(child) for child in children])
        return {"bool": pa.bool_, "utf8": pa.string, "binary": pa.binary}[name]()

    def field_of(field):
        metadata = {m["key"]: m["value"] for m in field.get("metadata", [])}
        return pa.field(field["name"], type_of(field), field["nullable"], metadata)

    schema = pa.schema([field_of(field) for field in json.loads(path.read_text())["schema"]["fields"]])
    assert pa.ipc.read_schema(schema.serialize()).equals(schema, check_metadata=True)


def spark(path, _):
    from pyspark.sql.types import StructType

    value = json.loads(path.read_text())
    assert json.loads(StructType.fromJson(value).json()) == value


def pydantic(path, _):
    spec = importlib.util.spec_from_file_location(f"models_{abs(hash(str(path)))}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for name, model in list(vars(module).items()):
        if isinstance(model, type) and model.__module__ == spec.name:
            model.model_rebuild()
            model.model_json_schema(by_alias=True)
    rows = path.parent.parent / "rows.json"
    if not rows.exists():
        return
    from pydantic import ValidationError

    cases = json.loads(rows.read_text())
    model = getattr(module, cases["model"])
    for row in cases["good"]:
        model.model_validate_json(json.dumps(row))
    for row in cases["bad"]:
        try:
            model.model_validate_json(json.dumps(row))
        except ValidationError:
            continue
        raise AssertionError(f"takes {row}")


def great_expectations(path, _):
    from great_expectations.core.expectation_suite import ExpectationSuite

    value = json.loads(path.read_text())
    suite = ExpectationSuite(**value)
    assert [e.expectation_type for e in suite.expectations] == [e["type"] for e in value["expectations"]]
    assert [e.severity for e in suite.expectations] == [e["severity"] for e in value["expectations"]]


def soda_contract(path, _):
    import jsonschema
    import soda_core
    from ruamel.yaml import YAML

    folder = Path(soda_core.__file__).parent / "contracts"
    schema = json.loads(next(folder.glob("*json_schema*.json")).read_text())
    jsonschema.validate(YAML(typ="safe").load(path.read_text()), schema)


def soda_checks(path, _):
    from soda.scan import Scan

    scan = Scan()
    scan.disable_telemetry()
    scan.set_data_source_name("mesh")
    scan.add_sodacl_yaml_str(path.read_text())
    problems = [log.message for log in scan._logs.logs if log.level.name == "ERROR"]
    assert not problems, problems[0]


def graphql(path, _):
    from graphql import build_schema

    build_schema(path.read_text())


def dcat(path, _):
    from rdflib import DCAT, RDF, Graph

    graph = Graph().parse(path, format="turtle")
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 1


def sql(dialect):
    def read(path, _):
        import sqlglot

        text = path.read_text()
        # sqlglot does not know Snowflake's elements that are never null; the database does.
        if dialect == "snowflake":
            text = re.sub(r" NOT NULL(?=\))", "", text)
        statements = [s for s in sqlglot.parse(text, read=dialect) if s is not None]
        assert statements
        for statement in statements:
            assert type(statement).__name__ in ("Create", "Comment", "Alter", "IfBlock"), type(statement)

    return read


# The packages that each format needs; the name by which Python imports the first tells whether they are there.
CHECKS = {
    "avro": (avro, ["avro", "fastavro"]),
    "protobuf": (protobuf, ["grpc_tools"]),
    "iceberg": (iceberg, ["pyiceberg"]),
    "arrow": (arrow, ["pyarrow"]),
    "spark": (spark, ["pyspark"]),
    "pydantic": (pydantic, ["pydantic"]),
    "great-expectations": (great_expectations, ["great_expectations"]),
    "soda-contract": (soda_contract, ["soda_core", "jsonschema"]),
    "soda-checks": (soda_checks, ["soda.scan"]),
    "graphql": (graphql, ["graphql"]),
    "dcat": (dcat, ["rdflib"]),
    "sql-bigquery": (sql("bigquery"), ["sqlglot"]),
    "sql-databricks": (sql("databricks"), ["sqlglot"]),
    "sql-mysql": (sql("mysql"), ["sqlglot"]),
    "sql-redshift": (sql("redshift"), ["sqlglot"]),
    "sql-snowflake": (sql("snowflake"), ["sqlglot"]),
    "sql-trino": (sql("trino"), ["sqlglot"]),
}


def present(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def main(folder, only):
    failed = False
    for name, (check, needs) in CHECKS.items():
        if only and name not in only:
            continue
        missing = [module for module in needs if not present(module)]
        if missing:
            print(f"{name}: skipped: needs {', '.join(missing)}")
            continue
        files = sorted(p for p in Path(folder).glob(f"*/{name}/*") if p.is_file())
        for path in files:
            try:
                check(path, None)
            except Exception as error:
                failed = True
                print(f"{name}: refused {path.relative_to(folder)}: {type(error).__name__}: {str(error)[:500]}")
        print(f"{name}: {len(files)} files read")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1], sys.argv[2:]))
