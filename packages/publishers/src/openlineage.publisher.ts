import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { eventsOf } from "./openlineage-events.ts";
import { postJson } from "./post-json.ts";
import { publishArea } from "./publish-codes.ts";
import type { Publisher, Receipt, SendContext, Step } from "./publisher.ts";
import { Secret } from "./secret.ts";
import { httpProblem, settingOf, shownUrl } from "./settings.ts";

export interface OpenLineageConfig {
  /** Root of an HTTP receiver, or undefined for a file. */
  readonly url: string | undefined;
  /** A file that events are appended to, one JSON a line. */
  readonly file: string | undefined;
  readonly key: Secret | undefined;
  readonly namespace: string;
}

/** Any receiver of OpenLineage 2-0-2 run events: an HTTP service (Marquez and others) or a file of JSON lines. */
export const openlineage: Publisher<OpenLineageConfig> = {
  kind: "openlineage",

  configure(target, sources) {
    const url = settingOf(target, "url", target.url, sources);
    const key = settingOf(target, "key", target.key, sources);
    const missing = [url, key].flatMap((setting) => ("diagnostic" in setting ? [setting.diagnostic] : []));
    if ("diagnostic" in url || "diagnostic" in key) return { ok: false, diagnostics: missing };
    const place = placeOf(url.value);
    if (place === undefined)
      return {
        ok: false,
        diagnostics: [
          publishArea.create("unknown-target", {
            what: `"${target.name}" has no address that events could go to: give an http(s) address without an account, file:///… or a path.`,
            suggestion: "",
          }),
        ],
      };
    const { namespace } = target.settings;
    return {
      ok: true,
      config: {
        ...place,
        key: key.value === undefined ? undefined : new Secret(key.value),
        namespace: typeof namespace === "string" && namespace !== "" ? namespace : "meshwork",
      },
    };
  },

  plan(snapshot, config, target) {
    return eventsOf(snapshot, config.namespace).map((event): Step => {
      const hash = createHash("sha256").update(JSON.stringify(event)).digest("hex");
      return {
        kind: "openlineage",
        target,
        product: snapshot.product,
        title: `${event.eventType} ${event.job.name}`,
        key: `openlineage:${event.run.runId}:${event.eventType}:${hash.slice(0, 16)}`,
        body: event,
      };
    });
  },

  send: (step, config, context) =>
    config.file === undefined ? post(step, config, context) : append(step, config.file, context),
};

function placeOf(url: string | undefined): Pick<OpenLineageConfig, "url" | "file"> | undefined {
  if (url === undefined) return undefined;
  if (/^https?:/i.test(url)) return httpProblem(url) === undefined ? { url, file: undefined } : undefined;
  if (/^file:/i.test(url)) {
    try {
      return { url: undefined, file: fileURLToPath(url) };
    } catch {
      return undefined;
    }
  }
  return /^[a-z][a-z0-9+.-]+:/i.test(url) ? undefined : { url: undefined, file: url };
}

async function post(step: Step, config: OpenLineageConfig, context: SendContext): Promise<Receipt> {
  const root = (config.url ?? "").replace(/\/+$/, "");
  const posted = await postJson(`${root}/api/v1/lineage`, step.body, config.key, context);
  const failed = (diagnostic: Receipt["diagnostics"][number], answer?: string): Receipt => ({
    step,
    status: "failed",
    ...(answer === undefined ? {} : { answer }),
    attempts: posted.attempts,
    diagnostics: [diagnostic],
  });
  const { target, product } = step;
  if (!posted.ok)
    return failed(
      publishArea.create("unreachable", { target, url: shownUrl(root), reason: posted.reason }, { product }),
    );
  const { response, attempts } = posted;
  const said = (await response.text().catch(() => "")).trim().slice(0, 300);
  if (response.ok) return { step, status: "sent", answer: String(response.status), attempts, diagnostics: [] };
  const help =
    response.status === 401 || response.status === 403
      ? "check the key: mesh.yaml names the variable that holds it"
      : "the receiver's log says more; the event is valid OpenLineage 2-0-2";
  const reason = `it answered ${response.status}${said === "" ? "" : ` (${said})`}.`;
  return failed(publishArea.create("refused", { target, product, reason }, { product, help }), String(response.status));
}

/** Appends the event unless it is there: one line is one write, which processes do not tear apart. */
async function append(step: Step, file: string, context: SendContext): Promise<Receipt> {
  const path = resolve(context.root, file);
  const line = JSON.stringify(step.body);
  try {
    const known = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    if (known.split("\n").includes(line))
      return { step, status: "unchanged", answer: path, attempts: 1, diagnostics: [] };
    await mkdir(dirname(path), { recursive: true });
    // A line that a killed writer left unfinished must not swallow this one.
    await appendFile(path, known === "" || known.endsWith("\n") ? `${line}\n` : `\n${line}\n`);
    return { step, status: "sent", answer: path, attempts: 1, diagnostics: [] };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const diagnostic = publishArea.create(
      "unreachable",
      { target: step.target, url: path, reason: `the file cannot be written (${reason})` },
      { product: step.product, help: "check that the folder exists and may be written" },
    );
    return { step, status: "failed", attempts: 1, diagnostics: [diagnostic] };
  }
}
