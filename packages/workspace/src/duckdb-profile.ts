import { isAbsolute, join } from "node:path";
import type { Session } from "@meshwork/engine";
import { EngineError } from "@meshwork/engine";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { ConfigValue, Profile } from "@meshwork/models";
import { dialects } from "@meshwork/sql";
import { Refusal } from "./operation.ts";
import type { ProfileDatabase, ProfilePlace } from "./profile-engines.ts";

type Settings = { readonly [key: string]: ConfigValue };

const { duckdb } = dialects;
const word = /^[A-Za-z_]\w*$/;

/**
 * A database as dbt-duckdb's profile describes it: `path`, `settings`, `config_options`, `extensions`, `attach`, `secrets`.
 * Extensions are loaded from disk, and installed only where the profile names them.
 */
export async function openDuckdbProfile(profile: Profile, place: ProfilePlace): Promise<ProfileDatabase> {
  const { settings } = profile;
  const path = textSetting(settings.get("path")) ?? ":memory:";
  refuseWhatNeedsPython(settings, path);
  const own = mapSetting("settings", settings.get("settings"));
  const engine = duckdbEngine({
    path: path === ":memory:" ? undefined : absolute(place.projectRoot, path),
    settings: {
      autoload_known_extensions: "true",
      // Files that SQL names without a folder lie in the project, wherever the command was started.
      file_search_path: place.projectRoot,
      ...texts(mapSetting("config_options", settings.get("config_options"))),
    },
  });
  const extensions = listSetting(settings.get("extensions")).map(extensionOf);
  const secrets = secretsOf(settings.get("secrets"));
  const attached = listSetting(settings.get("attach")).map((a) => attachOf(a, place.projectRoot));
  let prepared = false;
  try {
    const openSession = async (): Promise<Session> => {
      const session = await engine.open({ signal: place.signal });
      try {
        if (!prepared) for (const extension of extensions) await loadExtension(session, extension);
        for (const [key, value] of Object.entries(own))
          await run(session, `set ${name("settings", key)} = ${literal(value)}`, `The setting "${key}"`);
        if (!prepared) {
          for (const secret of secrets) await run(session, secret.sql, `The secret "${secret.name}"`);
          for (const { sql, path: file } of attached) await run(session, sql, `attach of ${file}`);
        }
        prepared = true;
        return session;
      } catch (error) {
        await session.close();
        throw error;
      }
    };
    // What the profile asks for must work before anything is built.
    const first = await openSession();
    let handed = false;
    return {
      openSession: () => {
        if (handed) return openSession();
        handed = true;
        return Promise.resolve(first);
      },
      close: async () => {
        if (!handed) await first.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function refuseWhatNeedsPython(settings: Profile["settings"], path: string): void {
  if (/^(?:md|motherduck):/.test(path))
    throw new Refusal(
      "The profile's path is a MotherDuck database, and its extension cannot be used here.\nName a file, or :memory:.",
    );
  for (const key of ["plugins", "remote", "module_paths"]) {
    const value = settings.get(key);
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
    if (given)
      throw new Refusal(
        `The profile has ${key}, which are Python that runs inside dbt-duckdb.\nTake ${key} out of the profile, or run this project with dbt itself.`,
      );
  }
}

/** `name`, or `{name, repo}`: loaded where it is on disk, else installed first, because the profile asks for it. */
async function loadExtension(session: Session, extension: { name: string; repo: string | undefined }): Promise<void> {
  const load = `load ${extension.name}`;
  try {
    await (await session.query(load)).rows();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const from = extension.repo === undefined ? "" : ` from ${duckdb.literal(extension.repo)}`;
    await run(session, `install ${extension.name}${from}`, `The extension "${extension.name}"`);
    await run(session, load, `The extension "${extension.name}"`);
  }
}

async function run(session: Session, sql: string, what: string): Promise<void> {
  try {
    await (await session.query(sql)).rows();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // The engine's text may repeat the statement, and a secret's statement holds the secret.
    const reason = what.startsWith("The secret") ? "the engine refused it" : error.message.split("\n")[0]!;
    throw new Refusal(`${what} of the profile does not work: ${reason}\nCorrect it in profiles.yml.`, 3);
  }
}

function extensionOf(value: ConfigValue): { name: string; repo: string | undefined } {
  if (typeof value === "string") return { name: name("extensions", value), repo: undefined };
  const map = mapSetting("extensions", value);
  const repo = textSetting(map["repo"]);
  return { name: name("extensions", textSetting(map["name"]) ?? ""), repo };
}

function attachOf(value: ConfigValue, root: string): { sql: string; path: string } {
  const map = mapSetting("attach", value);
  const path = textSetting(map["path"]);
  if (path === undefined) throw new Refusal("An entry of attach in the profile has no path.\nGive it one.");
  const type = textSetting(map["type"]);
  const alias = textSetting(map["alias"]);
  const file = type === undefined || /^(?:duckdb|sqlite)$/i.test(type);
  const remote = /^[a-z][\w+.-]+:/i.test(path) || path === ":memory:";
  const options = [
    ...(type === undefined ? [] : [`type ${name("attach", type)}`]),
    ...(map["read_only"] === true ? ["read_only"] : []),
    ...(textSetting(map["secret"]) === undefined ? [] : [`secret ${duckdb.identifier(textSetting(map["secret"])!)}`]),
    ...Object.entries(mapSetting("options", map["options"])).map(([k, v]) => `${name("options", k)} ${literal(v)}`),
  ];
  const as = alias === undefined ? "" : ` as ${duckdb.identifier(alias)}`;
  const where = duckdb.literal(file && !remote ? absolute(root, path) : path);
  return {
    path: remote || !file ? (alias ?? "a database") : path,
    sql: `attach if not exists ${where}${as}${options.length === 0 ? "" : ` (${options.join(", ")})`}`,
  };
}

function secretsOf(value: ConfigValue | undefined): { sql: string; name: string }[] {
  return listSetting(value).map((entry, i) => {
    const map = mapSetting("secrets", entry);
    const label = textSetting(map["name"]) ?? `_dbt_secret_${i + 1}`;
    const parts = Object.entries(map)
      .filter(([key]) => key !== "name" && key !== "persistent")
      .map(([key, v]) => `${name("secrets", key)} ${secretValue(v)}`);
    const kind = map["persistent"] === true ? "persistent secret" : "secret";
    return { name: label, sql: `create or replace ${kind} ${duckdb.identifier(label)} (${parts.join(", ")})` };
  });
}

const secretValue = (value: ConfigValue): string =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? `map {${Object.entries(value)
        .map(([k, v]) => `${duckdb.literal(k)}: ${literal(v as ConfigValue)}`)
        .join(", ")}}`
    : literal(value);

/** A value of the profile as SQL. */
function literal(value: ConfigValue): string {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value === "string") return duckdb.literal(value);
  if (Array.isArray(value)) return `[${(value as readonly ConfigValue[]).map(literal).join(", ")}]`;
  return duckdb.literal(JSON.stringify(value));
}

function name(where: string, text: string): string {
  if (word.test(text)) return text;
  throw new Refusal(`"${text}" is no name, in ${where} of the profile.\nLetters, digits and underscores make one.`);
}

const textSetting = (value: ConfigValue | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const listSetting = (value: ConfigValue | undefined): readonly ConfigValue[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly ConfigValue[]) : [value];

function mapSetting(key: string, value: ConfigValue | undefined): Settings {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Settings;
  throw new Refusal(`${key} of the profile must be keys with values.\nCorrect it in profiles.yml.`);
}

const texts = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]));

const absolute = (root: string, path: string): string => (isAbsolute(path) ? path : join(root, path));
