// Builds every package: type-checked output into dist, then the files that TypeScript does not carry.
// Runs as `prepare`, because the Nx plugin has to be there before any nx command can start.
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, "node_modules/typescript/bin/tsc");
if (!existsSync(tsc)) {
  console.error("TypeScript is not installed yet: run npm ci first.");
  process.exit(3);
}
const run = spawnSync(process.execPath, [tsc, "-b", join(root, "tsconfig.json")], { stdio: "inherit" });
if (run.status !== 0) process.exit(run.status ?? 1);

/** What ships beside the code: rule pages, JSON schemas of generators, style sheets, SQL and CSV. */
const assets = /\.(md|json|css|sql|svg|csv)$/;
for (const name of readdirSync(join(root, "packages"))) {
  const src = join(root, "packages", name, "src");
  if (existsSync(src)) copyAssets(src, join(root, "packages", name, "dist"));
}
// Templates live at the top, where a platform engineer looks for them, and ship inside the package that uses them.
const templates = join(root, "templates");
if (existsSync(templates)) cpSync(templates, join(root, "packages/scaffold/dist/templates"), { recursive: true });

writeFileSync(join(root, "packages/workspace/dist/code-version.txt"), `${codeVersion()}\n`);

/** What the linter's cache is good for: the code that filled it. Of two builds with equal code it is the same. */
function codeVersion() {
  const texts = [];
  for (const name of readdirSync(join(root, "packages")).sort()) {
    const dist = join(root, "packages", name, "dist");
    if (name === "catalog-web" || !existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" }).sort())
      if (/\.(js|json)$/.test(file)) texts.push(`${name}/${file} ${hash("sha1", readFileSync(join(dist, file)))}`);
  }
  return hash("sha1", texts.join("\n"));
}

function copyAssets(from, to) {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (entry.name !== "testdata") copyAssets(join(from, entry.name), join(to, entry.name));
    } else if (assets.test(entry.name)) copyIfNewer(join(from, entry.name), join(to, entry.name));
  }
}

function copyIfNewer(from, to) {
  const source = statSync(from);
  if (existsSync(to) && statSync(to).mtimeMs >= source.mtimeMs && statSync(to).size === source.size) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
