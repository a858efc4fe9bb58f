import { defineFunction, defineObject, PyFloat, PythonError, toPython } from "@meshwork/jinja";
import type { HostObject, Kwargs, Value } from "@meshwork/jinja";

const hosts = new WeakMap<HostObject, { readonly ms: number; readonly kind: "datetime" | "date" | "timedelta" }>();
const dayMs = 86_400_000;
const two = (n: number): string => String(n).padStart(2, "0");
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const monthNames = "January February March April May June July August September October November December".split(" ");

function format(ms: number, pattern: string): string {
  const d = new Date(ms);
  const dayOfYear =
    Math.floor(
      (Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate()) - Date.UTC(d.getUTCFullYear(), 0, 1)) / dayMs,
    ) + 1;
  const codes: Readonly<Record<string, () => string>> = {
    Y: () => String(d.getUTCFullYear()).padStart(4, "0"),
    y: () => two(d.getUTCFullYear() % 100),
    m: () => two(d.getUTCMonth() + 1),
    d: () => two(d.getUTCDate()),
    H: () => two(d.getUTCHours()),
    I: () => two(d.getUTCHours() % 12 || 12),
    p: () => (d.getUTCHours() < 12 ? "AM" : "PM"),
    M: () => two(d.getUTCMinutes()),
    S: () => two(d.getUTCSeconds()),
    f: () => String(d.getUTCMilliseconds()).padStart(3, "0") + "000",
    j: () => String(dayOfYear).padStart(3, "0"),
    A: () => dayNames[d.getUTCDay()]!,
    a: () => dayNames[d.getUTCDay()]!.slice(0, 3),
    B: () => monthNames[d.getUTCMonth()]!,
    b: () => monthNames[d.getUTCMonth()]!.slice(0, 3),
    w: () => String(d.getUTCDay()),
    u: () => String(d.getUTCDay() || 7),
    s: () => String(Math.floor(ms / 1000)),
    z: () => "+0000",
    Z: () => "UTC",
    F: () => format(ms, "%Y-%m-%d"),
    T: () => format(ms, "%H:%M:%S"),
    "%": () => "%",
  };
  return pattern.replace(/%-?([A-Za-z%])/g, (whole, code: string) => {
    const text = Object.hasOwn(codes, code) ? codes[code]!() : whole;
    return whole.startsWith("%-") ? text.replace(/^0+(?=\d)/, "") : text;
  });
}

const fraction = (ms: number): string =>
  ms % 1000 === 0 ? "" : `.${String(((ms % 1000) + 1000) % 1000).padStart(3, "0")}000`;

/** A moment in UTC with the attributes and methods of Python's `datetime` that dbt projects use. */
export function datetimeValue(ms: number, kind: "datetime" | "date" = "datetime"): HostObject {
  const d = new Date(ms);
  const text = kind === "date" ? format(ms, "%Y-%m-%d") : format(ms, "%Y-%m-%d %H:%M:%S") + fraction(ms) + "+00:00";
  const self: HostObject = defineObject(kind, {
    attributes: {
      year: d.getUTCFullYear(),
      month: d.getUTCMonth() + 1,
      day: d.getUTCDate(),
      ...(kind === "date" ? {} : { hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds() }),
    },
    methods: {
      strftime: (args, kwargs) => format(ms, textArgument("strftime", args[0] ?? kwargs.get("format"))),
      isoformat: () => text.replace(" ", "T"),
      date: () => datetimeValue(Math.floor(ms / dayMs) * dayMs, "date"),
      astimezone: () => self,
      timestamp: () => new PyFloat(ms / 1000),
      weekday: () => (d.getUTCDay() + 6) % 7,
      isoweekday: () => d.getUTCDay() || 7,
      replace: (_, kwargs) => replaced(d, kwargs, kind),
    },
    text: () => text,
    plain: () => text,
    equals: (other) => known(other)?.ms === ms,
    compare: (other) => {
      const right = known(other);
      return right === undefined ? undefined : ms - right.ms;
    },
    binary: (operator, other, reversed) => {
      const right = known(other);
      if (right === undefined) return undefined;
      if (right.kind === "timedelta" && operator === "+") return datetimeValue(ms + right.ms, kind);
      if (operator !== "-" || reversed) return undefined;
      return right.kind === "timedelta" ? datetimeValue(ms - right.ms, kind) : timedeltaValue(ms - right.ms);
    },
  });
  hosts.set(self, { ms, kind });
  return self;
}

function timedeltaValue(ms: number): HostObject {
  const self: HostObject = defineObject("timedelta", {
    attributes: { days: Math.floor(ms / dayMs), seconds: Math.floor((((ms % dayMs) + dayMs) % dayMs) / 1000) },
    methods: { total_seconds: () => new PyFloat(ms / 1000) },
    text: () => `${Math.floor(ms / dayMs)} days, ${format(((ms % dayMs) + dayMs) % dayMs, "%-H:%M:%S")}`,
    binary: (operator, other) => {
      const right = known(other);
      if (right?.kind === "timedelta" && operator === "+") return timedeltaValue(ms + right.ms);
      if (right?.kind === "timedelta" && operator === "-") return timedeltaValue(ms - right.ms);
      return typeof other === "number" && operator === "*" ? timedeltaValue(ms * other) : undefined;
    },
  });
  hosts.set(self, { ms, kind: "timedelta" });
  return self;
}

const known = (value: Value): { ms: number; kind: string } | undefined =>
  typeof value === "object" && value !== null && "protocol" in value ? hosts.get(value) : undefined;

function textArgument(method: string, value: Value | undefined): string {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `${method}() takes a text`);
}

const numberOf = (value: Value | undefined, fallback: number): number =>
  typeof value === "number" ? value : value instanceof PyFloat ? value.value : fallback;

function replaced(d: Date, kwargs: Kwargs, kind: "datetime" | "date"): HostObject {
  const part = (name: string, fallback: number): number => numberOf(kwargs.get(name), fallback);
  const ms = Date.UTC(
    part("year", d.getUTCFullYear()),
    part("month", d.getUTCMonth() + 1) - 1,
    part("day", d.getUTCDate()),
    part("hour", d.getUTCHours()),
    part("minute", d.getUTCMinutes()),
    part("second", d.getUTCSeconds()),
    Math.floor(part("microsecond", d.getUTCMilliseconds() * 1000) / 1000),
  );
  return datetimeValue(ms, kind);
}

/** `modules.datetime`, whose clock stands still at the start of the run. */
export function datetimeModule(now: Date): HostObject {
  const build =
    (kind: "datetime" | "date") =>
    (args: readonly Value[]): Value => {
      const [year, month, day, hour, minute, second] = args.map((a) => numberOf(a, Number.NaN));
      const ms = Date.UTC(
        year ?? Number.NaN,
        (month ?? Number.NaN) - 1,
        day ?? Number.NaN,
        hour ?? 0,
        minute ?? 0,
        second ?? 0,
      );
      if (Number.isNaN(ms)) throw new PythonError("TypeError", `${kind}() takes year, month and day`);
      return datetimeValue(ms, kind);
    };
  const parse = (text: Value | undefined): Value => {
    const value = typeof text === "string" ? text.trim() : "";
    const ms = /^\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+)?(?:Z|\+00:00)?$/.test(value)
      ? Date.parse(`${value.replace(" ", "T").replace(/(?:Z|\+00:00)$/, "")}${value.length > 10 ? "Z" : "T00:00:00Z"}`)
      : Number.NaN;
    if (Number.isNaN(ms)) throw new PythonError("ValueError", `"${value}" is no ISO date; other formats are not read`);
    return datetimeValue(ms);
  };
  const delta = (args: readonly Value[], kwargs: Kwargs): Value => {
    const part = (name: string, at: number): number => numberOf(kwargs.get(name) ?? args[at], 0);
    const seconds = part("seconds", 1) + 60 * part("minutes", 4) + 3600 * part("hours", 5);
    return timedeltaValue(dayMs * (part("days", 0) + 7 * part("weeks", 6)) + 1000 * seconds);
  };
  const moment = (): Value => datetimeValue(now.getTime());
  return defineObject("module", {
    attributes: {
      datetime: defineObject("type", {
        methods: {
          now: moment,
          utcnow: moment,
          today: moment,
          strptime: (a) => parse(a[0]),
          fromisoformat: (a) => parse(a[0]),
        },
        call: build("datetime"),
      }),
      date: defineObject("type", {
        methods: { today: () => datetimeValue(Math.floor(now.getTime() / dayMs) * dayMs, "date") },
        call: build("date"),
      }),
      timedelta: defineFunction("timedelta", delta),
      timezone: defineObject("type", { attributes: { utc: toPython("UTC") } }),
    },
  });
}
