// Builds every package: type-checked output into dist, then the files that TypeScript does not carry.
// Runs as `prepare`, because the Nx plugin has to be there before any nx command can start.
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, "node_modules/typescript/bin/tsc");
if (!existsSync(tsc)) {
  console.error("TypeScript is not installed yet: run npm ci first.");
  process.exit(3);
}
const run = spawnSync(process.execPath, [tsc, "-b", join(root, "tsconfig.json")], { stdio: "inherit" });
if (run.status !== 0) process.exit(run.status ?? 1);

/**
 * Packages that most commands load whole: each is one file more, `bundle.js`, which its manifest's exports name, because
 * Node takes longer to find and link a hundred modules than to run them. Other packages stay outside of it, and types,
 * assets and tests use what tsc wrote. A module that finds its assets from its own place has to lie at the top of `dist`.
 */
const bundled = { diagnostics: "index", sql: "index", jinja: "index", models: "index", cli: "main" };

/** What ships beside the code: rule pages, JSON schemas of generators, style sheets, SQL and CSV. */
const assets = /\.(md|json|css|sql|svg|csv)$/;
for (const name of readdirSync(join(root, "packages"))) {
  const src = join(root, "packages", name, "src");
  if (existsSync(src)) copyAssets(src, join(root, "packages", name, "dist"));
}
// Templates live at the top, where a platform engineer looks for them, and ship inside the package that uses them.
const templates = join(root, "templates");
if (existsSync(templates)) cpSync(templates, join(root, "packages/scaffold/dist/templates"), { recursive: true });

for (const [name, entry] of Object.entries(bundled)) await bundle(name, entry);

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

async function bundle(name, entry) {
  const dir = join(root, "packages", name, "dist");
  const made = await rolldown({
    input: { bundle: join(dir, `${entry}.js`) },
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
    platform: "node",
    treeshake: false,
  });
  const { output } = await made.write({
    dir,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "bundle-[name].js",
  });
  await made.close();
  const written = new Set(output.map((o) => o.fileName));
  for (const file of readdirSync(dir))
    if (/^bundle(-.*)?\.js$/.test(file) && !written.has(file)) rmSync(join(dir, file));
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
