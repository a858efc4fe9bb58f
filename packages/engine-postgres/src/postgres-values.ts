import type { Cell } from "@meshwork/engine";
import { postgres as dialect, type LogicalType } from "@meshwork/sql";

/** What `pg_type` says of a type that is none of the built-in ones below. */
export interface NamedType {
  /** As `format_type` writes it. */
  readonly name: string;
  /** The element's type of an array, the base type of a domain. */
  readonly element?: number | undefined;
  readonly base?: number | undefined;
  readonly baseModifier?: number | undefined;
}

export type NamedTypes = ReadonlyMap<number, NamedType>;

/** Built-in types by OID (`src/include/catalog/pg_type.dat`), with the OID of their arrays. */
const builtIn: readonly (readonly [oid: number, array: number, name: string])[] = [
  [16, 1000, "boolean"],
  [17, 1001, "bytea"],
  [20, 1016, "bigint"],
  [21, 1005, "smallint"],
  [23, 1007, "integer"],
  [25, 1009, "text"],
  [19, 1003, "name"],
  [26, 1028, "oid"],
  [114, 199, "json"],
  [700, 1021, "real"],
  [701, 1022, "double precision"],
  [1042, 1014, "character"],
  [1043, 1015, "character varying"],
  [1082, 1182, "date"],
  [1083, 1183, "time"],
  [1114, 1115, "timestamp"],
  [1184, 1185, "timestamp with time zone"],
  [1186, 1187, "interval"],
  [1266, 1270, "time with time zone"],
  [1700, 1231, "numeric"],
  [2950, 2951, "uuid"],
  [3802, 3807, "jsonb"],
  [705, 705, "unknown"],
];
const names = new Map(builtIn.map(([oid, , name]) => [oid, name]));
const elements = new Map(builtIn.flatMap(([oid, array]) => (array === oid ? [] : [[array, oid] as const])));

export const isBuiltIn = (oid: number): boolean => names.has(oid) || elements.has(oid);

/** The logical type of a column by its OID and modifier. */
export function logicalType(oid: number, modifier: number, named: NamedTypes): LogicalType {
  const own = named.get(oid);
  const element = elements.get(oid) ?? own?.element;
  if (element !== undefined)
    return {
      kind: "array",
      element: { name: "element", type: logicalType(element, modifier, named), nullable: true },
    };
  if (own?.base !== undefined) return logicalType(own.base, own.baseModifier ?? -1, named);
  const name = names.get(oid);
  if (name === undefined) return { kind: "opaque", engine: "postgres", name: own?.name ?? `oid ${oid}` };
  if (name === "unknown" || name === "name") return { kind: "string" };
  if (modifier < 0) return name === "character" || name === "oid" ? { kind: "string" } : dialect.parseType(name);
  switch (name) {
    case "numeric": {
      // Scales are signed numbers of eleven bits; below zero they round to tens and hundreds.
      const scale = ((((modifier - 4) & 0x7ff) ^ 1024) - 1024) as number;
      const precision = ((modifier - 4) >> 16) & 0xffff;
      return { kind: "decimal", precision: precision + Math.max(0, -scale), scale: Math.max(0, scale) };
    }
    case "character varying":
    case "character":
      return { kind: "string", maxLength: modifier - 4 };
    case "time":
    case "timestamp":
      return { kind: name, precision: modifier, zoned: false };
    case "time with time zone":
      return { kind: "time", precision: modifier, zoned: true };
    case "timestamp with time zone":
      return { kind: "timestamp", precision: modifier, zoned: true };
    default:
      return dialect.parseType(name);
  }
}

type Decode = (text: string) => Cell;

const number: Decode = (text) => Number(text);
const same: Decode = (text) => text;

/** `2024-01-31 10:00:00.5+02` as an instant, `2024-01-31T08:00:00.5Z`; infinities and years before Christ stay words. */
const instant: Decode = (text) => {
  const [, local, fraction = "", sign, hours, minutes = "0", seconds = "0"] =
    /^(\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/.exec(text) ?? [];
  if (local === undefined) return text.replace(" ", "T");
  const shift = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === "-" ? -1 : 1);
  if (shift === 0) return `${local.replace(" ", "T")}${fraction}Z`;
  const year = local.slice(0, local.indexOf("-"));
  const time = Date.parse(
    `${year.length > 4 ? `+${year.padStart(6, "0")}` : year}${local.slice(year.length).replace(" ", "T")}Z`,
  );
  return Number.isNaN(time) ? text : `${new Date(time - shift * 1000).toISOString().slice(0, -5)}${fraction}Z`;
};

/** `1 year 2 mons 3 days 04:05:06.5` as an ISO 8601 duration. */
const duration: Decode = (text) => {
  const match =
    /^(?:(-?\d+) years? ?)?(?:([-+]?\d+) mons? ?)?(?:([-+]?\d+) days? ?)?(?:([-+]?)(\d+):(\d\d):(\d\d(?:\.\d+)?))?$/.exec(
      text,
    );
  if (match === null) return text;
  const [, years, months, days, sign = "", hours = "0", minutes = "0", seconds = "0"] = match;
  const part = (value: string | undefined, unit: string): string => {
    const n = Number(value ?? 0);
    return n === 0 ? "" : `${n}${unit}`;
  };
  // Seconds of the whole clock, as DuckDB's driver tells them.
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.split(".")[0]);
  const fraction = (seconds.split(".")[1] ?? "").replace(/0+$/, "");
  const clock =
    whole === 0 && fraction === "" ? "" : `T${sign === "-" ? "-" : ""}${whole}${fraction && `.${fraction}`}S`;
  const date = part(years, "Y") + part(months, "M") + part(days, "D");
  return date + clock === "" ? "PT0S" : `P${date}${clock}`;
};

const bytes: Decode = (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"));

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["boolean", (text) => text === "t"],
  ["smallint", number],
  ["integer", number],
  ["real", number],
  ["double precision", number],
  ["bigint", (text) => BigInt(text)],
  ["timestamp", (text) => text.replace(" ", "T")],
  ["timestamp with time zone", instant],
  ["interval", duration],
  ["bytea", bytes],
]);

/**
 * Makes the function that turns a column's text into cells without loss: 64-bit integers as bigint, decimals, dates
 * and times as text (ISO 8601; instants end in `Z`), arrays as arrays, JSON and types of others as their text.
 */
export function decoder(oid: number, named: NamedTypes): Decode {
  const own = named.get(oid);
  const element = elements.get(oid) ?? own?.element;
  if (element !== undefined) return (text) => parseArray(text, decoder(element, named));
  if (own?.base !== undefined) return decoder(own.base, named);
  return decoders.get(names.get(oid) ?? "") ?? same;
}

/** `{1,NULL,{"a b"}}`; bounds in front (`[0:1]={…}`) are left out. */
function parseArray(text: string, decode: Decode): Cell {
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  const list = (): Cell[] => {
    const out: Cell[] = [];
    at++;
    while (at < text.length && text[at] !== "}") {
      if (text[at] === "{") out.push(list());
      else if (text[at] === '"') {
        let item = "";
        for (at++; at < text.length && text[at] !== '"'; at++) {
          if (text[at] === "\\") at++;
          item += text[at];
        }
        at++;
        out.push(decode(item));
      } else {
        const end = /[,}]/g;
        end.lastIndex = at;
        const stop = end.exec(text)?.index ?? text.length;
        const item = text.slice(at, stop);
        out.push(item === "NULL" ? null : decode(item));
        at = stop;
      }
      if (text[at] === ",") at++;
    }
    at++;
    return out;
  };
  return text[at] === "{" ? list() : text;
}
