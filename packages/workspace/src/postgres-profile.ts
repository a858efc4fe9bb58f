import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { postgresEngine } from "@meshwork/engine-postgres";
import type { ConfigValue, Profile } from "@meshwork/models";
import { Refusal } from "./operation.ts";
import type { ProfileDatabase, ProfilePlace } from "./profile-engines.ts";

/**
 * A database as dbt-postgres' profile describes it: `host`, `port`, `user`, `password` (or `pass`), `dbname`, `schema`,
 * `role`, `search_path`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `connect_timeout`, `application_name`. Each of
 * the profile's threads has a connection of its own.
 */
export async function openPostgresProfile(profile: Profile, place: ProfilePlace): Promise<ProfileDatabase> {
  const { settings } = profile;
  const wanted = (key: string, ...others: readonly string[]): string => {
    const value = [key, ...others].map((k) => textSetting(settings.get(k))).find((v) => v !== undefined);
    if (value === undefined)
      throw new Refusal(`The profile "${profile.name}" has no ${key}.\nAdd ${key}: to the output "${profile.target}".`);
    return value;
  };
  const file = (key: string): string | undefined => {
    const path = textSetting(settings.get(key));
    if (path === undefined) return undefined;
    try {
      return readFileSync(isAbsolute(path) ? path : join(place.projectRoot, path), "utf8");
    } catch {
      throw new Refusal(`The profile's ${key} is ${path}, and that file cannot be read.\nCorrect it in profiles.yml.`);
    }
  };
  const searchPath = textSetting(settings.get("search_path"));
  const seconds = Number(textSetting(settings.get("connect_timeout")) ?? 10);
  const engine = postgresEngine({
    host: wanted("host"),
    port: portOf(settings.get("port")),
    user: wanted("user"),
    password: textSetting(settings.get("password")) ?? textSetting(settings.get("pass")),
    database: wanted("dbname", "database"),
    sslmode: sslmodeOf(settings.get("sslmode")),
    ssl: { ca: file("sslrootcert"), cert: file("sslcert"), key: file("sslkey") },
    connectTimeoutMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    applicationName: textSetting(settings.get("application_name")) ?? "meshwork",
    settings: searchPath === undefined ? {} : { search_path: searchPath },
    role: textSetting(settings.get("role")),
  });
  try {
    // What the profile asks for must work before anything is built.
    let first: Awaited<ReturnType<typeof engine.open>> | undefined = await engine.open({ signal: place.signal });
    return {
      openSession: () => {
        const handed = first;
        first = undefined;
        return handed === undefined ? engine.open({ signal: place.signal }) : Promise.resolve(handed);
      },
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

function sslmodeOf(value: ConfigValue | undefined): string | undefined {
  const mode = textSetting(value);
  // libpq's default: encrypted where the server can.
  if (mode === undefined) return "prefer";
  if (modes.includes(mode)) return mode;
  throw new Refusal(`The profile's sslmode is "${mode}".\nIt may be ${modes.join(", ")}.`);
}

function portOf(value: ConfigValue | undefined): number {
  const port = Number(textSetting(value) ?? 5432);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Refusal(`The profile's port is "${String(value)}".\nIt is a number from 1 to 65535; usually 5432.`);
}

const textSetting = (value: ConfigValue | undefined): string | undefined =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
