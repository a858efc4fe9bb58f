// Packages import downward only. Two things are held against each other: what a package's sources import,
// and what its manifest allows; and the order of layers below. Run by `npm run lint`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** From the bottom up: a package may import what stands above its own line here, never below. */
const layers = [
  ["diagnostics"],
  ["sql"],
  ["contract"],
  ["catalog-api", "formats", "compatibility", "engine", "jinja"],
  ["governance", "quality", "models"],
  ["engine-dbt", "engine-duckdb", "engine-postgres", "scaffold"],
  ["publishers"],
  ["workspace"],
  ["catalog-web"],
  ["catalog-server"],
  ["cli", "nx"],
];
const layerOf = new Map(layers.flatMap((names, i) => names.map((name) => [name, i])));
const problems = [];

for (const name of readdirSync(join(root, "packages"))) {
  const folder = join(root, "packages", name);
  if (!existsSync(join(folder, "package.json"))) continue;
  if (!layerOf.has(name)) {
    problems.push(`packages/${name}: has no layer; add it to tools/check-layers.mjs`);
    continue;
  }
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const allowed = { ...manifest.dependencies, ...manifest.peerDependencies };
  const references = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8")).references ?? [];
  const referenced = new Set(references.map((r) => r.path.replace("../", "")));
  for (const file of sources(join(folder, "src"))) {
    const where = relative(root, file);
    const text = readFileSync(file, "utf8");
    const test = /\.test\.tsx?$/.test(file) || file.includes("/testdata/");
    for (const [, specifier] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      if (specifier.startsWith(".") && !join(dirname(file), specifier).startsWith(folder)) {
        problems.push(`${where}: reaches into another package by path (${specifier})`);
      }
      const [, other, deep] = /^@meshwork\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
      if (!other || other === name) continue;
      if (deep && !isExported(other, deep))
        problems.push(`${where}: imports the inside of @meshwork/${other} (${specifier})`);
      if (test) continue;
      if (layerOf.get(other) >= layerOf.get(name))
        problems.push(`${where}: imports upward or sideways, @meshwork/${other}`);
      if (!(`@meshwork/${other}` in allowed))
        problems.push(`${where}: imports @meshwork/${other}, which its package.json does not name`);
      if (!referenced.has(other))
        problems.push(`${where}: imports @meshwork/${other}, which its tsconfig.json does not reference`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`layers: ${layerOf.size} packages import downward only`);

/** A package may offer a part of itself under a name of its own; anything else inside it is nobody's business. */
function isExported(name, deep) {
  const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
  return Object.keys(exports).some(
    (key) => key === `.${deep}` || (key.endsWith("*") && `.${deep}`.startsWith(key.slice(0, -1))),
  );
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
