import { createHash } from "node:crypto";
import type { ConfigValue } from "./model.ts";

const hash = (text: string): string => createHash("md5").update(text).digest("hex");

const flat = (value: ConfigValue): string[] => {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map((v) => python(v));
  if (typeof value === "object" && value !== null) return Object.values(value).map((v) => python(v));
  return [python(value)];
};

/** Text as Python prints it, because dbt's names are made of that. */
function python(value: ConfigValue): string {
  if (value === true) return "True";
  if (value === false) return "False";
  return value === null ? "None" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** dbt's names of a generic test: `not_null_orders_order_id`. */
export interface TestName {
  readonly name: string;
  /** From 64 characters on it ends in a hash, so that it fits as the name of a relation or a file. */
  readonly short: string;
}

export function testName(test: string, subject: string, args: ReadonlyMap<string, ConfigValue>): TestName {
  const parts = [...args]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => flat(value))
    .map((part) => part.replaceAll(/[^0-9a-zA-Z_]+/g, "_"));
  const kind = `${test.replaceAll(".", "_")}_${subject}`;
  const name = `${kind}_${parts.join("__")}`;
  return { name, short: name.length < 64 ? name : `${kind.slice(0, 30)}_${hash(name)}` };
}

/** The last part of a generic test's id: ten characters that differ where test, subject or arguments differ. */
export const testHash = (...identity: readonly ConfigValue[]): string => hash(JSON.stringify(identity)).slice(-10);
