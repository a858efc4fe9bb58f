import { parseArgs } from "node:util";
import { generate } from "./generate.ts";
import { defaultSettings, type Settings } from "./settings.ts";

const usage = `Writes the worked example's raw data, and the figures that its products must show.

node tools/dist/data/main.js [--events 20000] [--seed 7] [--out .mesh/data]
                             [--end 2026-04-13T00:00:00Z] [--days 28] [--received-before INSTANT]`;

const { values } = parseArgs({
  options: {
    events: { type: "string" },
    seed: { type: "string" },
    out: { type: "string", default: ".mesh/data" },
    end: { type: "string" },
    days: { type: "string" },
    "received-before": { type: "string" },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(usage);
  process.exit(0);
}

const settings: Settings = {
  ...defaultSettings,
  seed: whole("seed", values.seed, defaultSettings.seed, 0),
  events: whole("events", values.events, defaultSettings.events, 1),
  days: whole("days", values.days, defaultSettings.days, 2),
  end: instant("end", values.end) ?? defaultSettings.end,
  receivedBefore: instant("received-before", values["received-before"]),
};

let told = 0;
const result = await generate(settings, values.out, (hits) => {
  if (values.quiet || hits - told < 1_000_000) return;
  told = hits;
  console.error(`${hits.toLocaleString("en")} hits …`);
});
if (!values.quiet) {
  console.log(
    `${result.events.toLocaleString("en")} events in ${values.out}, ${result.figures.length} expected figures`,
  );
}

function whole(name: string, text: string | undefined, otherwise: number, least: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text.replaceAll("_", ""));
  if (!Number.isSafeInteger(number) || number < least)
    fail(`--${name} takes a whole number from ${least}, not "${text}".`);
  return number;
}

function instant(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && !Number.isFinite(Date.parse(text)))
    fail(`--${name} takes an ISO 8601 instant, not "${text}".`);
  return text;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
