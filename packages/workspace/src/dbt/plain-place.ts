import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { EngineError } from "@meshwork/engine";
import type { ConfigValue, FileHost, Profile } from "@meshwork/models";
import { diskFiles, loadProject, projectSettings, readProfile } from "@meshwork/models";
import { dialects } from "@meshwork/sql";
import { Refusal } from "../operation.ts";
import { profileEngine, profileTypes } from "../profile-engines.ts";
import type { DbtOptions } from "./dbt-options.ts";
import type { Connection, DbtPlaces, Selectable } from "./dbt-place.ts";
import { selectIn } from "./dbt-place.ts";

/** A dbt project with its `profiles.yml`, outside any mesh: the same road, another place for the data. */
export function plainPlaces(options: DbtOptions, root: string, types?: readonly Selectable[]): DbtPlaces {
  const read = readPlain(options, root, diskFiles);
  const { project, targetFolder, intervalsFile, threads, now, invocationId, profile, engine } = read;
  const selected = selectIn(project, options, types);
  project.noteSelection(selected.ids);
  const place = {
    project,
    selected,
    targetFolder,
    intervalsFile,
    threads,
    connect: async (signal: AbortSignal | undefined): Promise<Connection> => {
      try {
        const database = await engine.open(profile, { projectRoot: root, threads, signal });
        const session = await database.openSession();
        return {
          session,
          openSession: () => database.openSession(),
          close: async () => {
            // DuckDB lets go of its file with the last session: a second database on it would lose what one of both writes.
            await session.close();
            await database.close();
          },
        };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        throw new Refusal(
          `The profile "${profile.name}" (target ${profile.target}) cannot be reached: ${error.message.split("\n")[0]}\nCorrect it in profiles.yml, or name another with --target.`,
          3,
        );
      }
    },
  };
  return { places: [place], now, invocationId, settle: (found) => found };
}

/** The project itself, before anything is selected from it. @throws {Refusal} */
export function readPlain(options: DbtOptions, root: string, files: FileHost) {
  const cwd = options.cwd ?? process.cwd();
  const settings = projectSettings(files.read(join(root, "dbt_project.yml")) ?? "");
  const profile = profileOf(options, { cwd, root, named: settings.profile, files });
  const engine = profileEngine(profile.type);
  if (engine === undefined)
    throw new Refusal(
      `The profile "${profile.name}" is of type ${profile.type}, and there is no engine for it here.\nKnown: ${profileTypes.join(", ")}.`,
    );
  const now = options.now ?? new Date();
  const invocationId = randomUUID();
  const threads = options.threads ?? profile.threads;
  const project = loadProject({
    root,
    displayPath: relative(cwd, root).replaceAll("\\", "/"),
    vars: options.vars as Readonly<Record<string, ConfigValue>> | undefined,
    env: options.env ?? {},
    files,
    target: {
      name: profile.target,
      schema: profile.schema,
      database: profile.database,
      type: profile.type,
      threads,
      profile: profile.name,
    },
    dialect: engine.dialect ?? dialects.duckdb,
    now,
    invocationId,
    flags: {
      WHICH: options.command ?? "run",
      FULL_REFRESH: options.fullRefresh === true,
      EMPTY: options.empty === true,
      STORE_FAILURES: options.storeFailures === true,
      DEFER: options.defer === true,
    },
  });
  const path = options.targetPath ?? options.env?.["DBT_TARGET_PATH"] ?? settings.targetPath ?? "target";
  const targetFolder = isAbsolute(path) ? path : resolve(options.targetPath === undefined ? root : cwd, path);
  // Of the project and not of `--target-path`, which CI sets anew for each run.
  const intervalsFile = join(
    root,
    settings.targetPath ?? "target",
    `mesh_intervals.${profile.target.replaceAll(/[^\w-]/g, "_")}.ndjson`,
  );
  return { project, targetFolder, intervalsFile, threads, now, invocationId, profile, engine };
}

function profileOf(
  options: DbtOptions,
  where: { readonly cwd: string; readonly root: string; readonly named: string | undefined; readonly files: FileHost },
): Profile {
  const env = options.env ?? {};
  const named = options.profilesDir ?? env["DBT_PROFILES_DIR"];
  const folders =
    named === undefined ? [where.cwd, where.root, join(env["HOME"] ?? homedir(), ".dbt")] : [resolve(where.cwd, named)];
  const folder = folders.find((f) => where.files.read(join(f, "profiles.yml")) !== undefined);
  if (folder === undefined)
    throw new Refusal(
      `No profiles.yml in ${[...new Set(folders)].map((f) => relative(where.cwd, f) || ".").join(", ")}.\nName its folder with --profiles-dir.`,
    );
  const name = options.profile ?? env["DBT_PROFILE"] ?? where.named;
  if (name === undefined)
    throw new Refusal("dbt_project.yml names no profile.\nAdd profile: to it, or name one with --profile.");
  const path = join(folder, "profiles.yml");
  const file = relative(where.cwd, path).replaceAll("\\", "/");
  const read = readProfile(where.files.read(path) ?? "", {
    profile: name,
    target: options.target ?? env["DBT_TARGET"],
    env,
    file,
  });
  if (read.profile === undefined) {
    const [wrong] = read.diagnostics;
    const at = wrong?.span === undefined ? file : `${wrong.span.file}:${wrong.span.line}:${wrong.span.column}`;
    throw new Refusal(`${at}: ${wrong?.message ?? "the profile cannot be read"}\nCorrect it, or name another profile.`);
  }
  return read.profile;
}
