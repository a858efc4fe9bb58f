import { parseTemplate, toPython } from "@meshwork/jinja";
import type { Scope, Value } from "@meshwork/jinja";
import type { ConfigValue } from "../model.ts";
import type { Surroundings } from "./surroundings.ts";

const call = /^\s*(?:env_var|ref|var|source|doc)\s*\([\s\S]+\)\s*$/;

/**
 * A value out of YAML as templates see it: text with Jinja in it becomes what it renders to, with its type.
 * With `calls`, text that is one call (`ref('orders')`) is rendered without braces too, as in arguments of tests.
 */
export function renderConfigValue(
  around: Pick<Surroundings, "environment">,
  value: ConfigValue,
  scope: Scope,
  calls: boolean,
): Value {
  if (typeof value === "string") {
    const source = calls && call.test(value) ? `{{ ${value} }}` : value;
    if (!/\{[{%]/.test(source)) return value;
    return around.environment.renderNative(parseTemplate(source, { name: "a value in YAML" }), scope);
  }
  if (Array.isArray(value))
    return (value as readonly ConfigValue[]).map((v) => renderConfigValue(around, v, scope, calls));
  if (typeof value === "object" && value !== null) {
    return toPython(new Map(Object.entries(value).map(([k, v]) => [k, renderConfigValue(around, v, scope, calls)])));
  }
  return toPython(value);
}
