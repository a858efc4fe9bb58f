import type { Answer, CatalogWriter, PublicationInput, PublishReceipt } from "@meshwork/catalog-api";
import { CatalogError, catalogClient, publication } from "@meshwork/catalog-api";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { postJson, reasonOf } from "./post-json.ts";
import { publishArea } from "./publish-codes.ts";
import type { Publisher, Receipt, SendContext, Step } from "./publisher.ts";
import { Secret } from "./secret.ts";
import { SentSteps } from "./sent-steps.ts";
import { httpProblem, settingOf, shownUrl } from "./settings.ts";
import type { ProductSnapshot } from "./snapshot.ts";

export interface MeshworkConfig {
  /** `embedded`: the catalog in `dir`; else the root of a remote one. */
  readonly url: string;
  readonly dir: string;
  readonly key: Secret | undefined;
  /** Whether changed promises under a released version are accepted (and flagged). */
  readonly revise: boolean;
}

/** Meshwork's own catalog, embedded or remote: the contract as it is, with what its run found. */
export const meshwork: Publisher<MeshworkConfig> = {
  kind: "meshwork",

  configure(target, sources) {
    const url = settingOf(target, "url", target.url ?? "embedded", sources);
    const key = settingOf(target, "key", target.key, sources);
    const missing = [url, key].flatMap((setting) => ("diagnostic" in setting ? [setting.diagnostic] : []));
    if ("diagnostic" in url || "diagnostic" in key) return { ok: false, diagnostics: missing };
    const address = url.value ?? "embedded";
    const problem = address === "embedded" ? undefined : httpProblem(address);
    if (problem !== undefined)
      return {
        ok: false,
        diagnostics: [
          publishArea.create("unknown-target", {
            what: `The address of "${target.name}" is neither embedded nor a catalog's: ${problem}.`,
            suggestion: "",
          }),
        ],
      };
    const { path, revise } = target.settings;
    return {
      ok: true,
      config: {
        url: address,
        dir: typeof path === "string" ? path : ".mesh/catalog",
        key: key.value === undefined ? undefined : new Secret(key.value),
        // A laptop's catalog shows work in progress: nobody relies on what a version promised there yesterday.
        revise: typeof revise === "boolean" ? revise : address === "embedded",
      },
    };
  },

  plan(snapshot, config, target) {
    const body = publicationOf(snapshot, config.revise);
    const hash = createHash("sha256").update(JSON.stringify(body)).digest("hex");
    return [
      {
        kind: "meshwork",
        target,
        product: snapshot.product,
        title: `publish ${snapshot.product} ${snapshot.contract.version}`,
        key: `meshwork:${snapshot.product}:${hash}`,
        body,
      },
    ];
  },

  async send(step, config, context) {
    const checked = publication.safeParse(step.body);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const reason = `what is known of it does not fit the catalog's form: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
      const diagnostic = publishArea.create(
        "refused",
        { target: step.target, product: step.product, reason },
        { product: step.product },
      );
      return { step, status: "failed", attempts: 0, diagnostics: [diagnostic] };
    }
    const body = checked.data;
    const sent = config.url === "embedded" ? new SentSteps(resolve(context.root, config.dir)) : undefined;
    if (sent?.has(step)) return { step, status: "unchanged", answer: "unchanged", attempts: 0, diagnostics: [] };
    const writer = config.url === "embedded" ? await embedded(config, context) : remote(config, context);
    if ("diagnostic" in writer) return { step, status: "failed", attempts: 1, diagnostics: [writer.diagnostic] };
    try {
      const answer = await writer.publish(body);
      if (!answer.ok) return refused(step, answer, writer.attempts());
      sent?.add(step);
      return accepted(step, answer.value, writer.root, writer.attempts());
    } catch (error) {
      context.signal?.throwIfAborted();
      const reason = error instanceof CatalogError ? error.problem.message : reasonOf(error);
      const url = config.url === "embedded" ? resolve(context.root, config.dir) : shownUrl(config.url);
      const diagnostic = publishArea.create(
        "unreachable",
        { target: step.target, url, reason },
        { product: step.product },
      );
      return { step, status: "failed", attempts: writer.attempts(), diagnostics: [diagnostic] };
    }
  },
};

interface Writer {
  publish: CatalogWriter["publish"];
  readonly root: string | undefined;
  attempts(): number;
}

async function embedded(config: MeshworkConfig, context: SendContext) {
  const dir = resolve(context.root, config.dir);
  if (context.openEmbedded === undefined) throw new Error("Sending to an embedded catalog needs openEmbedded.");
  const opened = await context.openEmbedded(dir);
  if (!opened.ok) return { diagnostic: opened.diagnostic };
  const { value } = opened;
  return { publish: (body: PublicationInput) => value.publish(body), root: value.url, attempts: () => 1 };
}

/** The typed client over a fetch that repeats: publishing is idempotent by content. */
function remote(config: MeshworkConfig, context: SendContext): Writer {
  let attempts = 0;
  const client = catalogClient({
    url: config.url,
    signal: context.signal,
    fetch: async (input, init) => {
      const posted = await postJson(String(input), JSON.parse(String(init?.body)) as unknown, config.key, context);
      attempts = posted.attempts;
      if (!posted.ok) throw new Error(posted.reason);
      return posted.response;
    },
  });
  return { publish: (body) => client.publish(body), root: shownUrl(config.url), attempts: () => attempts };
}

function accepted(step: Step, receipt: PublishReceipt, root: string | undefined, attempts: number): Receipt {
  const isNew = receipt.outcome !== "unchanged" || receipt.run === "stored";
  return {
    step,
    status: isNew ? "sent" : "unchanged",
    answer: receipt.outcome === "unchanged" && receipt.run === "stored" ? "run stored" : receipt.outcome,
    ...(root === undefined ? {} : { url: `${root}${receipt.url}` }),
    attempts,
    diagnostics: [],
  };
}

function refused(step: Step, answer: Extract<Answer<never>, { ok: false }>, attempts: number): Receipt {
  const { problem, status } = answer;
  const details = problem.diagnostics?.map(
    (d) => `${d.line === undefined ? "" : `${d.line}:${d.column ?? 1}: `}${d.message} [${d.code}]`,
  );
  const diagnostic = publishArea.create(
    status === 409 ? "conflict" : "refused",
    { target: step.target, product: step.product, reason: problem.message },
    {
      product: step.product,
      ...(problem.help === undefined ? {} : { help: problem.help }),
      ...(details === undefined || details.length === 0 ? {} : { details }),
    },
  );
  return { step, status: "failed", answer: String(status), attempts, diagnostics: [diagnostic] };
}

function publicationOf(snapshot: ProductSnapshot, revise: boolean): PublicationInput {
  const { run, contract } = snapshot;
  const inputs = snapshot.inputs.map(({ name, port, major, external, via }) => ({ name, port, major, external, via }));
  return {
    contract: snapshot.contractText,
    file: snapshot.file,
    domain: contract.domain,
    product: contract.product,
    revise,
    git: snapshot.git && { ...snapshot.git, repository: withoutAccount(snapshot.git.repository) },
    run: run === undefined ? undefined : { environment: snapshot.environment, ...run },
    // A receiver takes results only with the run that found them.
    ports: run === undefined ? undefined : [...snapshot.ports],
    checks: run === undefined ? undefined : [...snapshot.checks],
    lineage: { inputs, columns: [...snapshot.columns], consumers: [...snapshot.consumers] },
    compliance: [...snapshot.compliance],
    typescript: snapshot.typescript,
  };
}

/** CI checks out with a token in the remote's address. */
const withoutAccount = (repository: string | undefined): string | undefined =>
  repository?.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
