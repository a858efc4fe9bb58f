import type { Diagnostic } from "@meshwork/diagnostics";
import { scaffoldCodes } from "./scaffold-codes.ts";

/** The form of every name, as a JSON Schema `pattern` too. */
export const namePattern = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
/** With the port's suffix and a staging prefix a name must still fit Postgres's 63 bytes. */
export const maxNameLength = 48;

const reservedFolders = new Set(
  "apps dbt-packages dist domain logs macros mesh models node-modules snapshots seeds target tests versions analyses".split(
    " ",
  ),
);
// Windows opens these as devices, whatever the extension.
const devices = /^(con|prn|aux|nul|com\d|lpt\d)$/;
const sqlWords = new Set(
  `all analyse analyze and any array as asc asymmetric between both case cast check collate column constraint create cross current
   date default deferrable desc describe distinct do else end except exists false fetch filter for foreign from full grant group
   having in initially inner insert intersect interval into is isnull join key lateral leading left like limit localtime merge
   natural not notnull null offset on only or order outer over partition pivot placing primary qualify range references returning
   right row rows select set show similar some summarize symmetric table then time timestamp to trailing true union unique
   unpivot update user using values variadic view when where window with`.split(/\s+/),
);
const schemas = new Set("main memory public system temp information-schema pg-catalog private meshwork raw".split(" "));

/** What stands in the way of a name; nothing where it is good. `what` is "domain" or "data product". */
export function checkName(what: "domain" | "data product", name: string): Diagnostic | undefined {
  const invalid = (why: string, suggestion?: string) =>
    scaffoldCodes.create(
      "name-invalid",
      { what, name: printable(name), why },
      suggestion ? { help: `write ${suggestion}` } : {},
    );
  if (name === "") return invalid("it is empty");
  if (name.length > maxNameLength) return invalid(`it is longer than ${maxNameLength} characters`);
  if (!new RegExp(namePattern).test(name)) {
    const bad = /[^a-z0-9-]/.exec(name)?.[0];
    const why =
      bad === undefined
        ? /^[0-9]/.test(name)
          ? "it begins with a digit"
          : "a hyphen stands between words only"
        : /[A-Z]/.test(bad)
          ? "it has upper-case letters"
          : `it has ${bad === " " ? "a space" : JSON.stringify(bad)}`;
    const suggestion = kebab(name);
    return invalid(why, new RegExp(namePattern).test(suggestion) && !taken(what, suggestion) ? suggestion : undefined);
  }
  const why = taken(what, name);
  return why ? scaffoldCodes.create("name-reserved", { what, name, why }) : undefined;
}

function taken(what: string, name: string): string | undefined {
  if (devices.test(name)) return "Windows reserves it for a device";
  if (sqlWords.has(name)) return "it is a word of SQL";
  if (what === "domain" && schemas.has(name)) return "engines have a schema of that name";
  if (reservedFolders.has(name)) return "a folder of that name has a meaning of its own";
  return undefined;
}

/** `OrderEvents`, `order_events` and `order events` as `order-events`. */
const kebab = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "");

/** Control characters of a hostile argument must not reach the terminal. */
const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  (text.length > 80 ? `${text.slice(0, 80)}…` : text).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");

export const snake = (name: string): string => name.replaceAll("-", "_");

/** `order-events` as `Order events`. */
export const title = (name: string): string => {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** One of them: `order_events` → `order_event`, `deliveries` → `delivery`; as it is where English gives no rule. */
export function singular(name: string): string {
  if (/(ss|us|is|news|series)$/.test(name)) return name;
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  if (/(ches|shes|xes|sses|zes)$/.test(name)) return name.slice(0, -2);
  return name.length > 3 && name.endsWith("s") ? name.slice(0, -1) : name;
}
