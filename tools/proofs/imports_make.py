"""Writes files with the formats' own implementations, and what those implementations read of them again.

usage: imports_make.py FOLDER
FOLDER/expected.json: [{"file", "format", "columns": [[name, kind, nullable], ...]}]; kinds are the words of contracts,
as far as an implementation tells them apart.
"""

import datetime
import decimal
import json
import pathlib
import sys
import uuid

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
expected = []


def expect(path, form, columns):
    expected.append({"file": str(path.relative_to(folder)), "format": form, "columns": columns})


def parquet():
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            pa.field("id", pa.int64(), nullable=False),
            pa.field("small", pa.int16()),
            pa.field("flag", pa.bool_()),
            pa.field("ratio", pa.float32()),
            pa.field("amount", pa.decimal128(12, 3)),
            pa.field("day", pa.date32()),
            pa.field("at", pa.timestamp("us", tz="UTC")),
            pa.field("local", pa.timestamp("us")),
            pa.field("name with \"quotes\"", pa.string()),
            pa.field("raw", pa.binary()),
            pa.field("tags", pa.list_(pa.string())),
            pa.field("place", pa.struct([("x", pa.float64()), ("y", pa.float64())])),
            pa.field("attrs", pa.map_(pa.string(), pa.int32())),
        ]
    )
    path = folder / "rows.parquet"
    pq.write_table(schema.empty_table(), path)
    expect(path, "parquet", [[f.name, arrow_kind(f.type), f.nullable] for f in pq.read_schema(path)])


def arrow_kind(t):
    import pyarrow.types as is_

    if is_.is_integer(t):
        return f"integer{t.bit_width}"
    if is_.is_floating(t):
        return f"float{t.bit_width}"
    if is_.is_decimal(t):
        return f"decimal({t.precision},{t.scale})"
    if is_.is_timestamp(t):
        return "timestamp_tz" if t.tz else "timestamp"
    for test, kind in (
        (is_.is_boolean, "boolean"),
        (is_.is_date, "date"),
        (is_.is_string, "string"),
        (is_.is_large_string, "string"),
        (is_.is_binary, "binary"),
        (is_.is_map, "map"),
        (is_.is_list, "array"),
        (is_.is_struct, "struct"),
    ):
        if test(t):
            return kind
    return str(t)


def avro():
    import fastavro

    schema = {
        "type": "record",
        "name": "Order",
        "namespace": "acme.sales",
        "fields": [
            {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "amount", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}]},
            {"name": "n", "type": ["null", "int"]},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}},
            {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}}},
            {"name": "attrs", "type": {"type": "map", "values": "long"}},
            {"name": "first", "type": ["null", "Line"]},
        ],
    }
    path = folder / "orders.avro"
    row = dict(id=str(uuid.UUID(int=1)), at=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), amount=decimal.Decimal("1.20"), n=None, day=datetime.date(2024, 1, 1), lines=[], attrs={}, first=None)
    with open(path, "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), [row])
    with open(path, "rb") as back:
        written = fastavro.reader(back).writer_schema
    kinds = {"uuid": "uuid", "date": "date", "timestamp-micros": "timestamp_tz"}
    plain = {"int": "integer32", "long": "integer64", "string": "string", "array": "array", "map": "map", "record": "struct"}

    def kind(t):
        if isinstance(t, str):
            return plain.get(t, "struct")
        if t.get("logicalType") == "decimal":
            return f"decimal({t['precision']},{t['scale']})"
        return kinds.get(t.get("logicalType")) or kind(t["type"])

    columns = []
    for field in written["fields"]:
        t = field["type"]
        nullable = isinstance(t, list)
        columns.append([field["name"], kind([each for each in t if each != "null"][0] if nullable else t), nullable])
    expect(path, "avro", columns)


def iceberg():
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.schema import Schema
    from pyiceberg.types import DateType, DecimalType, DoubleType, IntegerType, ListType, LongType, NestedField, StringType, StructType, TimestamptzType, UUIDType

    lake = folder / "lake"
    lake.mkdir()
    catalog = SqlCatalog("proof", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}")
    catalog.create_namespace("sales")
    schema = Schema(
        NestedField(1, "id", LongType(), required=True),
        NestedField(2, "n", IntegerType()),
        NestedField(3, "amount", DecimalType(9, 2)),
        NestedField(4, "at", TimestamptzType(), required=True),
        NestedField(5, "day", DateType()),
        NestedField(6, "tags", ListType(7, StringType(), element_required=False)),
        NestedField(8, "place", StructType(NestedField(9, "x", DoubleType(), required=True))),
        NestedField(10, "u", UUIDType()),
        identifier_field_ids=[1],
    )
    table = catalog.create_table("sales.orders", schema=schema)
    with table.update_schema() as update:
        update.add_column("later", StringType())
    words = {"long": "integer64", "int": "integer32", "double": "float64", "timestamptz": "timestamp_tz", "date": "date", "string": "string", "uuid": "uuid"}

    def kind(t):
        text = str(t)
        return "array" if text.startswith("list") else "struct" if text.startswith("struct") else text.replace(" ", "") if text.startswith("decimal") else words[text]

    expect(lake / "sales" / "orders", "iceberg", [[f.name, kind(f.field_type), not f.required] for f in catalog.load_table("sales.orders").schema().fields])


def protobuf():
    from google.protobuf import descriptor_pb2
    from grpc_tools import protoc

    path = folder / "orders.proto"
    path.write_text(
        """syntax = "proto3";
package acme.sales.v2;
import "google/protobuf/timestamp.proto";
/* An order */
message Order {
  string id = 1;
  optional int64 cents = 2;
  uint32 n = 3;
  repeated Line lines = 4;
  map<string, double> rates = 5;
  google.protobuf.Timestamp at = 6;
  bytes raw = 7; bool flag = 8; float ratio = 9;
  State state = 10;
  message Line { string sku = 1; }
  enum State { UNSPECIFIED = 0; PAID = 1; }
}
"""
    )
    compiled = folder / "orders.pb"
    if protoc.main(["protoc", f"-I{folder}", f"-I{pathlib.Path(protoc.__file__).parent}/_proto", f"--descriptor_set_out={compiled}", str(path)]) != 0:
        sys.exit("protoc refused the proof's own file")
    files = descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes())
    F = descriptor_pb2.FieldDescriptorProto
    kinds = {F.TYPE_STRING: "string", F.TYPE_INT64: "integer64", F.TYPE_UINT32: "uinteger32", F.TYPE_BYTES: "binary", F.TYPE_BOOL: "boolean", F.TYPE_FLOAT: "float32", F.TYPE_ENUM: "string"}
    message = files.file[0].message_type[0]
    maps = {nested.name for nested in message.nested_type if nested.options.map_entry}
    columns = []
    for field in message.field:
        if field.type == F.TYPE_MESSAGE and field.type_name.split(".")[-1] in maps:
            kind = "map"
        elif field.label == F.LABEL_REPEATED:
            kind = "array"
        else:
            kind = "timestamp_tz" if field.type_name == ".google.protobuf.Timestamp" else kinds[field.type]
        columns.append([field.name, kind, field.label != F.LABEL_REPEATED])
    expect(path, "protobuf", columns)


def delta():
    import pyarrow as pa
    from deltalake import DeltaTable, write_deltalake

    path = folder / "delta_orders"
    table = pa.table({"id": pa.array([1], pa.int64()), "name": pa.array(["a"]), "amount": pa.array([decimal.Decimal("1.10")], pa.decimal128(8, 2)), "at": pa.array([datetime.datetime(2024, 1, 1)], pa.timestamp("us", tz="UTC")), "place": pa.array([{"x": 1.0}])})
    write_deltalake(str(path), table)
    DeltaTable(str(path)).alter.add_constraint({"positive": "id > 0"})
    words = {"long": "integer64", "string": "string", "timestamp": "timestamp_tz"}

    def kind(t):
        name = getattr(t, "type", str(t))
        return name if name == "struct" or name.startswith("decimal") else words[name]

    expect(path, "delta", [[f.name, kind(f.type), f.nullable] for f in DeltaTable(str(path)).schema().fields])


for make in (parquet, avro, iceberg, protobuf, delta):
    make()
(folder / "expected.json").write_text(json.dumps(expected, indent=1))
