// Keeps every platform's native packages in package-lock.json. npm leaves out optional packages that the registry at hand
// does not carry (a mirror, a partial cache), and `npm ci` then refuses the lock on machines that need them.
// Run after `npm install` changed the lock: node tools/lock-platforms.mjs [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];

for (const [at, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    // Only exact versions: a native package of a package is always pinned to it.
    if (!/^\d+\.\d+\.\d+/.test(range) || found(at, name)) continue;
    const platform = platformOf(name);
    if (!platform) continue;
    lock.packages[`node_modules/${name}`] = {
      version: range,
      ...platform,
      optional: true,
      ...(entry.dev ? { dev: true } : {}),
    };
    added.push(`${name}@${range}`);
  }
}

if (added.length === 0) console.log("package-lock.json names the native packages of every platform");
else if (process.argv.includes("--check")) {
  console.error(
    `package-lock.json lacks ${added.length} native packages of other platforms: node tools/lock-platforms.mjs adds them`,
  );
  process.exit(1);
} else {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(sorted.map(([key, value]) => [key, keysSorted(value)]));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length}: ${added.join(", ")}`);
}

/** Looks where Node would: beside the package, then upwards. */
function found(at, name) {
  for (let folder = at; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

/** What a native package's name says of where it runs: `@x/y-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const pick = (known) => known.find((k) => words.includes(k));
  const os = pick([
    "darwin",
    "linux",
    "win32",
    "freebsd",
    "android",
    "openharmony",
    "aix",
    "sunos",
    "netbsd",
    "openbsd",
  ]);
  const cpu = pick(["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el"]);
  const libc = words.some((w) => w.startsWith("musl"))
    ? "musl"
    : words.some((w) => w.startsWith("gnu"))
      ? "glibc"
      : undefined;
  if (!os || !cpu) return undefined;
  return { cpu: [cpu], os: [os], ...(os === "linux" && libc ? { libc: [libc] } : {}) };
}

function keysSorted(entry) {
  const order = ["name", "version", "resolved", "integrity", "cpu", "dev", "libc", "license", "link", "optional", "os"];
  const rank = (key) => (order.indexOf(key) === -1 ? order.length : order.indexOf(key));
  return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => rank(a) - rank(b)));
}
