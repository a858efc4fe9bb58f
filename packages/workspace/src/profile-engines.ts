import type { Session } from "@meshwork/engine";
import type { Profile } from "@meshwork/models";
import type { Dialect } from "@meshwork/sql";
import { dialects } from "@meshwork/sql";

/** What a profile's settings need besides themselves. */
export interface ProfilePlace {
  /** Absolute; relative paths of the profile start here, as they do for dbt. */
  readonly projectRoot: string;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** An open database of a profile. Every session is set up as the profile says. */
export interface ProfileDatabase {
  openSession(): Promise<Session>;
  close(): Promise<void>;
}

/** How one adapter of dbt is run here. */
export interface ProfileEngine {
  readonly dialect: Dialect;
  /**
   * Opens what the profile names.
   * @throws {Refusal} when the profile asks for something that is not there.
   * @throws {EngineError} when the engine cannot be reached.
   */
  open(profile: Profile, place: ProfilePlace): Promise<ProfileDatabase>;
}

interface Entry {
  readonly dialect: Dialect;
  load(): Promise<ProfileEngine["open"]>;
}

/** The engines that plain dbt projects run on, by the `type` of their profile. A driver is loaded when it is used. */
const entries: Readonly<Record<string, Entry>> = {
  duckdb: { dialect: dialects.duckdb, load: async () => (await import("./duckdb-profile.ts")).openDuckdbProfile },
  postgres: {
    dialect: dialects.postgres,
    load: async () => (await import("./postgres-profile.ts")).openPostgresProfile,
  },
};

export const profileTypes: readonly string[] = Object.keys(entries);

export function profileEngine(type: string): ProfileEngine | undefined {
  const entry = Object.hasOwn(entries, type) ? entries[type] : undefined;
  if (entry === undefined) return undefined;
  return { dialect: entry.dialect, open: async (profile, place) => (await entry.load())(profile, place) };
}
