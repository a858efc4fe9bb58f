import type { PublishTarget, SettingValue } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { publishArea } from "./publish-codes.ts";
import type { SettingSources } from "./publisher.ts";

/** A setting's value, nothing where it is not set, or what is missing. */
export type Setting = { readonly value: string | undefined } | { readonly diagnostic: Diagnostic };

/** Looks a setting up where its reference points: the environment or a file. Never says what it holds. */
export function settingOf(
  target: PublishTarget,
  name: string,
  value: SettingValue | undefined,
  sources: SettingSources,
): Setting {
  if (value === undefined) return { value: undefined };
  if (typeof value !== "object") return { value: String(value) };
  const [where, found] =
    "env" in value
      ? [`the environment variable ${value.env}`, sources.env[value.env]]
      : [`the file ${value.file}`, sources.readFile(value.file)];
  const text = found?.trim();
  if (text !== undefined && text !== "") return { value: text };
  return {
    diagnostic: publishArea.create(
      "missing-secret",
      { target: target.name, setting: name, where },
      { path: [...target.at, name] },
    ),
  };
}

/**
 * Whether an address can be asked over HTTP; undefined where it can, else why not. An account in the address would
 * end up in messages and logs, and fetch refuses it.
 */
export function httpProblem(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return "it is no http(s) address";
  if (parsed.username !== "" || parsed.password !== "") return "it holds an account: name the secret under key";
  return undefined;
}

/** A receiver's address as messages may show it: without account, password and query. */
export function shownUrl(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`.replace(/\/$/, "");
  } catch {
    return "an address that is none";
  }
}
