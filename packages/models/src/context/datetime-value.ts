import { defineFunction, defineObject, HostObject, PyFloat, PythonError } from "@meshwork/jinja";
import type { Kwargs, Value } from "@meshwork/jinja";

interface Known {
  readonly ms: number;
  readonly kind: "datetime" | "date" | "timedelta";
  readonly zone?: string | undefined;
}

const hosts = new WeakMap<HostObject, Known>();
const zones = new WeakMap<HostObject, string>();
const dayMs = 86_400_000;
const two = (n: number): string => String(n).padStart(2, "0");
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const monthNames = "January February March April May June July August September October November December".split(" ");

const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetOf(zone: string, ms: number): number {
  if (zone === "UTC") return 0;
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    const numeric = "numeric" as const;
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formatters.set(zone, formatter);
  }
  const parts = new Map(formatter.formatToParts(ms).map((p) => [p.type, Number(p.value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(ms / 1000) * 1000;
}

/** The moment at which a zone's clock shows a wall time. */
const instantOf = (zone: string, wall: number): number => {
  const first = wall - offsetOf(zone, wall);
  return wall - offsetOf(zone, first);
};

const offsetText = (offset: number, colon: string): string => {
  const minutes = Math.abs(offset) / 60_000;
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${colon}${two(Math.floor(minutes % 60))}`;
};

const zoneName = (zone: string, ms: number): string => {
  if (zone === "UTC") return "UTC";
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "short" }).formatToParts(ms);
  return parts.find((p) => p.type === "timeZoneName")?.value ?? zone;
};

/** `ms` is what the clock shows; the zone is there for its own codes. */
function format(ms: number, pattern: string, zone?: { readonly name: string; readonly at: number }): string {
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
    z: () => (zone === undefined ? "" : offsetText(offsetOf(zone.name, zone.at), "")),
    Z: () => (zone === undefined ? "" : zoneName(zone.name, zone.at)),
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

/**
 * A moment with the attributes and methods of Python's `datetime` that dbt projects use. With a zone `ms` is a point in
 * time; without one it is what the clock shows, counted as if in UTC.
 */
export function datetimeValue(ms: number, kind: "datetime" | "date" = "datetime", zone?: string): HostObject {
  const offset = zone === undefined ? 0 : offsetOf(zone, ms);
  const wall = ms + offset;
  const d = new Date(wall);
  const named = zone === undefined ? undefined : { name: zone, at: ms };
  const text =
    kind === "date"
      ? format(wall, "%Y-%m-%d")
      : format(wall, "%Y-%m-%d %H:%M:%S") + fraction(wall) + (zone === undefined ? "" : offsetText(offset, ":"));
  const self: HostObject = defineObject(kind, {
    attributes: {
      year: d.getUTCFullYear(),
      month: d.getUTCMonth() + 1,
      day: d.getUTCDate(),
      ...(kind === "date"
        ? {}
        : {
            hour: d.getUTCHours(),
            minute: d.getUTCMinutes(),
            second: d.getUTCSeconds(),
            microsecond: d.getUTCMilliseconds() * 1000,
            tzinfo: zone === undefined ? null : zoneValue(zone),
          }),
    },
    methods: {
      strftime: (args, kwargs) => format(wall, textArgument("strftime", args[0] ?? kwargs.get("format")), named),
      isoformat: () => text.replace(" ", "T"),
      date: () => datetimeValue(Math.floor(wall / dayMs) * dayMs, "date"),
      astimezone: ([to], kwargs) => datetimeValue(ms, kind, zoneOf(to ?? kwargs.get("tz")) ?? "UTC"),
      utcoffset: () => (zone === undefined ? null : timedeltaValue(offset)),
      timestamp: () => new PyFloat(ms / 1000),
      weekday: () => (d.getUTCDay() + 6) % 7,
      isoweekday: () => d.getUTCDay() || 7,
      replace: (_, kwargs) => replaced(d, kwargs, kind, zone),
      toordinal: () => Math.floor(wall / dayMs) + 719_163,
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
      if (right.kind === "timedelta" && operator === "+") return datetimeValue(ms + right.ms, kind, zone);
      if (operator !== "-" || reversed) return undefined;
      return right.kind === "timedelta" ? datetimeValue(ms - right.ms, kind, zone) : timedeltaValue(ms - right.ms);
    },
  });
  hosts.set(self, { ms, kind, zone });
  return self;
}

const zoneOf = (value: Value | undefined): string | undefined =>
  value instanceof HostObject ? zones.get(value) : undefined;

/** A time zone: what `pytz.timezone()` gives. */
function zoneValue(name: string): HostObject {
  const self = defineObject("timezone", {
    attributes: { zone: name },
    methods: {
      localize: ([moment]) => {
        const found = known(moment ?? null);
        if (found === undefined || found.zone !== undefined)
          throw new PythonError("ValueError", "localize() takes a datetime without a zone");
        return datetimeValue(instantOf(name, found.ms), "datetime", name);
      },
      normalize: ([moment]) => datetimeValue(known(moment ?? null)?.ms ?? 0, "datetime", name),
    },
    text: () => name,
    plain: () => name,
    equals: (other) => zoneOf(other) === name,
  });
  zones.set(self, name);
  return self;
}

/** `modules.pytz`, over the zones that the runtime knows. */
export const pytzModule: HostObject = defineObject("module", {
  attributes: {
    utc: () => zoneValue("UTC"),
    UTC: () => zoneValue("UTC"),
    timezone: defineFunction("timezone", ([name]) => {
      const zone = textArgument("timezone", name);
      if (zone.toUpperCase() === "UTC") return zoneValue("UTC");
      try {
        offsetOf(zone, 0);
      } catch {
        throw new PythonError("UnknownTimeZoneError", `there is no time zone "${zone}"`);
      }
      return zoneValue(zone);
    }),
  },
});

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

const known = (value: Value): Known | undefined =>
  typeof value === "object" && value !== null && "protocol" in value ? hosts.get(value) : undefined;

function textArgument(method: string, value: Value | undefined): string {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `${method}() takes a text`);
}

const numberOf = (value: Value | undefined, fallback: number): number =>
  typeof value === "number" ? value : value instanceof PyFloat ? value.value : fallback;

function replaced(d: Date, kwargs: Kwargs, kind: "datetime" | "date", zone: string | undefined): HostObject {
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
  const to = kwargs.has("tzinfo") ? zoneOf(kwargs.get("tzinfo")) : zone;
  return datetimeValue(to === undefined ? ms : instantOf(to, ms), kind, to);
}

const directives: Readonly<Record<string, string>> = {
  Y: "(?<Y>\\d{4})",
  y: "(?<y>\\d\\d)",
  m: "(?<m>\\d{1,2})",
  d: "(?<d>\\d{1,2})",
  H: "(?<H>\\d{1,2})",
  M: "(?<M>\\d{1,2})",
  S: "(?<S>\\d{1,2})",
  f: "(?<f>\\d{1,6})",
  b: "(?<b>[A-Za-z]{3})",
  B: "(?<B>[A-Za-z]+)",
  z: "(?<z>Z|[+-]\\d\\d:?\\d\\d)",
  "%": "%",
};

/** `strptime` with the codes that name a point in time. */
function parsed(text: string, pattern: string): HostObject {
  const source = pattern
    .slice(0, 100)
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/%([A-Za-z%])/g, (whole, code: string) => (Object.hasOwn(directives, code) ? directives[code]! : whole));
  const found = new RegExp(`^${source}$`).exec(text.slice(0, 100))?.groups;
  const wrong = (): never => {
    throw new PythonError("ValueError", `time data "${text.slice(0, 100)}" does not match format "${pattern}"`);
  };
  if (found === undefined) return wrong();
  const part = (name: string, fallback: number): number => Number(found[name] ?? fallback);
  const word = (found["b"] ?? found["B"])?.toLowerCase();
  const byName = word === undefined ? -1 : monthNames.findIndex((m) => m.toLowerCase().startsWith(word));
  const year =
    found["y"] === undefined ? part("Y", 1900) : Number(found["y"]) + (Number(found["y"]) < 69 ? 2000 : 1900);
  const month = byName >= 0 ? byName + 1 : part("m", 1);
  const ms = Date.UTC(year, month - 1, part("d", 1), part("H", 0), part("M", 0), part("S", 0));
  const wall = ms + Math.floor(Number((found["f"] ?? "0").padEnd(6, "0")) / 1000);
  if (new Date(ms).getUTCMonth() !== month - 1) return wrong();
  const zone = found["z"];
  if (zone === undefined) return datetimeValue(wall);
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [undefined, "+", "0", "0"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return datetimeValue(wall - offset, "datetime", "UTC");
}

/** `modules.datetime`, whose clock stands still at the start of the run. */
export function datetimeModule(now: Date): HostObject {
  const build =
    (kind: "datetime" | "date") =>
    (args: readonly Value[], kwargs: Kwargs): Value => {
      const names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
      const [year, month, day, hour, minute, second, micro] = names.map((name, at) =>
        numberOf(args[at] ?? kwargs.get(name), at < 3 ? Number.NaN : 0),
      );
      const ms = Date.UTC(year!, month! - 1, day, hour, minute, second) + Math.floor(micro! / 1000);
      if (Number.isNaN(ms)) throw new PythonError("TypeError", `${kind}() takes year, month and day`);
      const zone = zoneOf(args[7] ?? kwargs.get("tzinfo"));
      return datetimeValue(zone === undefined ? ms : instantOf(zone, ms), kind, zone);
    };
  const parse = (text: Value | undefined): Value => {
    const value = typeof text === "string" ? text.trim() : "";
    const ms = /^\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+)?(?:Z|\+00:00)?$/.test(value)
      ? Date.parse(`${value.replace(" ", "T").replace(/(?:Z|\+00:00)$/, "")}${value.length > 10 ? "Z" : "T00:00:00Z"}`)
      : Number.NaN;
    if (Number.isNaN(ms)) throw new PythonError("ValueError", `"${value}" is no ISO date; other formats are not read`);
    return datetimeValue(ms, "datetime", /(?:Z|\+00:00)$/.test(value) ? "UTC" : undefined);
  };
  const delta = (args: readonly Value[], kwargs: Kwargs): Value => {
    const part = (name: string, at: number): number => numberOf(kwargs.get(name) ?? args[at], 0);
    const seconds = part("seconds", 1) + 60 * part("minutes", 4) + 3600 * part("hours", 5);
    return timedeltaValue(dayMs * (part("days", 0) + 7 * part("weeks", 6)) + 1000 * seconds);
  };
  const moment = (zone: Value | undefined): Value => datetimeValue(now.getTime(), "datetime", zoneOf(zone));
  return defineObject("module", {
    attributes: {
      datetime: defineObject("type", {
        methods: {
          now: ([zone], kwargs) => moment(zone ?? kwargs.get("tz")),
          utcnow: () => moment(undefined),
          today: () => moment(undefined),
          combine: ([date, time]) => {
            const [day, clock] = [known(date ?? null), known(time ?? null)];
            return datetimeValue((day?.ms ?? 0) + (clock === undefined ? 0 : clock.ms % dayMs));
          },
          strptime: ([text, pattern]) =>
            pattern === undefined
              ? parse(text)
              : parsed(textArgument("strptime", text), textArgument("strptime", pattern)),
          fromisoformat: (a) => parse(a[0]),
        },
        call: build("datetime"),
      }),
      date: defineObject("type", {
        methods: { today: () => datetimeValue(Math.floor(now.getTime() / dayMs) * dayMs, "date") },
        call: build("date"),
      }),
      timedelta: defineFunction("timedelta", delta),
      timezone: defineObject("type", { attributes: { utc: () => zoneValue("UTC") } }),
    },
  });
}
