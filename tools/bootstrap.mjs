// Makes a fresh clone ready with nothing but Node: installs when the install is missing or older than the lock, then builds.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Meshwork needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

const lock = join(root, "package-lock.json");
const installed = join(root, "node_modules/.package-lock.json");
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error("Installing dependencies (once) …");
  step(process.platform === "win32" ? "npm.cmd" : "npm", ["ci", "--ignore-scripts"]);
}
step(process.execPath, [join(root, "tools/build.mjs")]);

function step(command, args) {
  const run = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (run.error) console.error(run.error.message);
  if (run.status !== 0) process.exit(run.status ?? 1);
}
