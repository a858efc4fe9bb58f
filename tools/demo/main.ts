import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { embeddedCatalogs, startCatalog } from "@meshwork/catalog-server";
import { palette, reporters, seconds } from "@meshwork/diagnostics";
import { build, lint, publish, sync } from "@meshwork/workspace";
import type { OperationResult, Progress } from "@meshwork/workspace";
import { compare } from "../data/compare.ts";
import { generate } from "../data/generate.ts";
import { defaultSettings } from "../data/settings.ts";
import { affectedStory } from "./affected-story.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string" },
    serve: { type: "boolean", default: false },
    port: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`Builds the worked example: data, ten products, their checks, the catalog.

npm run demo -- [--events ${defaultSettings.events}] [--serve] [--port 4400]`);
  process.exit(0);
}
const events = values.events === undefined ? defaultSettings.events : Number(values.events.replaceAll("_", ""));
if (!Number.isSafeInteger(events) || events < 1000 || events > 100_000_000) {
  console.error(`--events takes a whole number from 1,000 to 100 million, not "${values.events}".`);
  process.exit(2);
}

const root = process.cwd();
const data = join(root, ".mesh/data");
const terminal = process.stdout.isTTY === true && !process.env["CI"];
const c = palette((process.stdout.isTTY === true || Boolean(process.env["FORCE_COLOR"])) && !process.env["NO_COLOR"]);
const started = performance.now();
const number = (n: number) => n.toLocaleString("en-US");

console.log(`\n${c.bold("A data mesh, from raw events to a catalog")}\n`);

const settings = { ...defaultSettings, events };
const marker = join(data, "settings.json");
const wanted = `${JSON.stringify(settings, null, 2)}\n`;
const fresh = existsSync(marker) && readFileSync(marker, "utf8") === wanted;
await step("raw data", async () => {
  if (fresh) return `${number(events)} events, as before`;
  mkdirSync(data, { recursive: true });
  const made = await generate(settings, data, (n) => tell(`writing events ${number(n)}`));
  writeFileSync(marker, wanted);
  return `${number(made.events)} events with declared defects, seed ${settings.seed}`;
});

await step("contracts", async () => {
  const written = answer(await sync({ root }));
  const found = answer(await lint({ root, env: process.env, onProgress: progress }));
  const warnings = found.diagnostics.filter((d) => d.severity === "warning").length;
  return `${found.summary["products"]} products in lint, ${warnings === 0 ? "no findings" : `${warnings} warnings`}${written.results.length > 0 ? `; ${written.results.length} generated files written` : ""}`;
});

const built = await step("build", async () => {
  const done = answer(await build({ root, env: process.env, onProgress: progress }));
  if (done.exitCode !== 0) fail(done);
  const { cached = 0, products = 0, checks = 0, checksPassed = 0 } = done.summary;
  return cached === products
    ? `nothing changed, nothing rebuilt: ${products} products are up to date`
    : `${products - cached} products built, ${cached} up to date; ${checksPassed} of ${checks} checks passed`;
});

await step("figures", async () => {
  const results = await compare(data, join(root, ".mesh/lake/dev"));
  const wrong = results.flatMap((r) => r.differences);
  const total = results.reduce((n, r) => n + r.figures, 0);
  if (wrong.length > 0) {
    for (const w of wrong.slice(0, 10))
      console.error(`  ${w.product} ${w.name}: expected ${w.expected ?? "nothing"}, built ${w.actual ?? "nothing"}`);
    process.exit(1);
  }
  return `${number(total)} figures equal those computed without SQL`;
});

await step("publish", async () => {
  const catalogs = embeddedCatalogs();
  try {
    const done = answer(await publish({ root, env: process.env, openEmbedded: catalogs.open, onProgress: progress }));
    if (done.exitCode !== 0) fail(done);
    const { sent = 0, unchanged = 0 } = done.summary;
    return sent === 0
      ? `${unchanged} messages, all known already`
      : `${sent} sent to the catalog and as lineage events, ${unchanged} known already`;
  } finally {
    await catalogs.close();
  }
});

const stories = await (async () => {
  const begun = performance.now();
  tell("asking what an edit reaches");
  const told = await affectedStory(root);
  line("affected", "what two edits would reach, tried in a scratch copy", performance.now() - begun);
  return told;
})();
for (const { edit, reached, consumers, step: verdict } of stories) {
  console.log(`\n  ${c.bold(edit)}`);
  console.log(`    version step: ${verdict}`);
  console.log(
    reached.length === 0
      ? "    reaches nobody downstream"
      : `    reaches ${reached.length} ${reached.length === 1 ? "product" : "products"}: ${reached.join(", ")}`,
  );
  for (const reader of consumers.filter((r) => r.breaks.length > 0)) {
    const place = reader.breaks[0]?.span;
    console.log(
      `    breaks ${c.bad(reader.product)} (${reader.owner ?? "no owner"})${place ? ` at ${place.file}:${place.line}` : ""}`,
    );
  }
}

console.log(
  `\n${c.ok("Done")} in ${seconds(performance.now() - started)}.${built.includes("nothing changed") ? " Nothing changed, nothing rebuilt." : ""}`,
);
if (values.serve) {
  const catalog = await startCatalog({
    dir: join(root, ".mesh/catalog"),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  if (!catalog.ok) {
    console.error(`${catalog.diagnostic.message}\n${catalog.diagnostic.help ?? ""}`);
    process.exit(3);
  }
  await catalog.value.ready;
  console.log(`${c.bold("catalog:")} ${catalog.value.url}   (Ctrl-C stops it)`);
  const stop = () => void catalog.value.close().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
} else {
  console.log(`${c.bold("next:")} npm run demo -- --serve            the catalog in your browser`);
  console.log(`      npx nx g domain shipping           a domain of your own`);
  console.log(`      npx mesh lineage growth.daily-web-kpis.sessions`);
}

async function step(name: string, work: () => Promise<string>): Promise<string> {
  const begun = performance.now();
  tell(name);
  const text = await work();
  line(name, text, performance.now() - begun);
  return text;
}

function line(name: string, text: string, ms: number): void {
  wipe();
  console.log(`  ${c.ok("ok")}  ${name.padEnd(10)} ${text} ${c.dim(`(${seconds(ms)})`)}`);
}

function progress(event: Progress): void {
  if (event.kind === "phase")
    tell(event.total === undefined ? event.text : `${event.text}  ${(event.done ?? 0) + 1}/${event.total}`);
}

function tell(text: string): void {
  if (terminal) process.stdout.write(`\r\u001b[2K  ..  ${text.slice(0, (process.stdout.columns ?? 80) - 8)}`);
}

function wipe(): void {
  if (terminal) process.stdout.write("\r\u001b[2K");
}

function answer<R>(done: OperationResult<R>): OperationResult<R> {
  if (done.problem !== undefined) {
    wipe();
    console.error(done.problem);
    process.exit(done.exitCode);
  }
  if (done.diagnostics.some((d) => d.severity === "error")) fail(done);
  return done;
}

function fail(done: OperationResult): never {
  wipe();
  const report = {
    command: "demo",
    exitCode: 1,
    durationMs: performance.now() - started,
    summary: done.summary,
    diagnostics: done.diagnostics,
  };
  process.stdout.write(
    reporters.pretty(report, {
      color: false,
      width: process.stdout.columns ?? 100,
      unicode: true,
      quiet: true,
      readText: (file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined),
    }),
  );
  process.exit(1);
}
