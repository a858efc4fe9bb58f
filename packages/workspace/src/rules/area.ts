import { defineArea } from "@meshwork/diagnostics";

const pages = { directory: new URL("./", import.meta.url), suffix: ".rule.md" };

/** Findings about contracts that take more than one contract to see. */
export const meshWideArea = defineArea("contract", pages, {
  "duplicate-product": {
    severity: "error",
    message: (p: { product: string; other: string; what: string }) =>
      `"${p.product}" and "${p.other}" have the same ${p.what}.`,
    help: "an id is given once, at scaffold: remove the copied one from the newer product, or rename its relation",
  },
  "naming-convention": {
    severity: "warning",
    message: (p: { kind: string; name: string; wanted: string; suggestion?: string | undefined }) =>
      `The ${p.kind} "${p.name}" is not written in ${p.wanted}, as mesh.yaml wants it.`,
    help: (p: { suggestion?: string | undefined; kind: string; wanted: string; name: string }) =>
      p.suggestion
        ? `call it ${p.suggestion}; of what is published that is a major change`
        : "choose another name; of what is published that is a major change",
  },
  "unknown-upstream": {
    severity: "error",
    message: (p: { text: string; what: string; candidates?: readonly string[] }) => `"${p.text}" names ${p.what}.`,
    help: (p: { candidates?: readonly string[]; text: string; what: string }) =>
      p.candidates?.length
        ? `did you mean ${p.candidates.map((c) => `"${c}"`).join(" or ")}?`
        : "name a product of that domain, or a source outside the mesh",
  },
  "near-upstream": {
    severity: "warning",
    message: (p: { text: string; near: string }) =>
      `"${p.text}" is taken as a source outside the mesh, but "${p.near}" is near.`,
    help: (p: { near: string; text: string }) => `write "${p.near}" if that product is meant`,
  },
  "unpinned-upstream": {
    severity: "warning",
    message: (p: {
      text: string;
      product: string;
      majors: readonly number[];
      until: readonly (string | undefined)[];
    }) =>
      `"${p.text}" names no version, and ${p.majors.length} are live: ${p.majors
        .map((m, i) => `@${m}${p.until[i] === undefined ? "" : ` (until ${p.until[i]})`}`)
        .join(", ")}. It is taken as @${p.majors[0]}.`,
    help: (p: { product: string; majors: readonly number[] }) =>
      `write ${p.majors.map((m) => `"${p.product}@${m}"`).join(" or ")}`,
  },
  "version-folder": {
    severity: "error",
    message: (p: { folder: string; version: string; major: number }) =>
      `versions/${p.folder} holds version ${p.version}; the folder of major version ${p.major} is versions/v${p.major}.`,
    help: "one folder a live major version: rename it, or remove what is not live any more",
  },
  "version-identity": {
    severity: "error",
    message: (p: { product: string; what: string; is: string; newest: string }) =>
      `"${p.product}" has the ${p.what} "${p.is}", and the newest version has "${p.newest}".`,
    help: (p: { what: string; newest: string }) => `all live versions are one product: write ${p.what} ${p.newest}`,
  },
  "version-order": {
    severity: "error",
    message: (p: { version: string; newest: string }) =>
      `The older version is at ${p.version}, and the newest at ${p.newest}: its major is not below.`,
    help: "the product's folder holds the newest version, and versions/ the older ones",
  },
  "version-sunset": {
    severity: "error",
    message: (p: { product: string }) =>
      `"${p.product}" is an older version and names no date from which it may be gone.`,
    help: "add deprecation: { since: …, sunset: … } to spec, and tell its readers (mesh status)",
  },
  "version-ended": {
    severity: "warning",
    message: (p: { product: string; sunset: string; readers: readonly string[] }) =>
      `"${p.product}" was to be gone from ${p.sunset}, and ${
        p.readers.length === 0 ? "nobody in this mesh reads it any more" : `is still read by ${p.readers.join(", ")}`
      }.`,
    help: (p: { product: string; readers: readonly string[] }) =>
      p.readers.length === 0
        ? `take it away: nx g remove ${p.product}`
        : "move the readers to the newest version, or agree with them on a later date",
  },
  "upstream-cycle": {
    severity: "error",
    message: (p: { ring: readonly string[] }) => `These products read each other in a circle: ${p.ring.join(" -> ")}.`,
    help: "no order can build them: move what both need into a product upstream of both",
  },
  "unconfirmed-downstream": {
    severity: "info",
    message: (p: { text: string }) => `"${p.text}" is listed downstream, but nothing there reads this product.`,
    help: "the graph knows who reads it (mesh lineage): the list may go",
  },
  "undeclared-upstream": {
    severity: "warning",
    message: (p: { upstream: string }) =>
      `The SQL reads "${p.upstream}", which the contract does not name as upstream.`,
    help: (p: { upstream: string }) => `add "${p.upstream}" to spec.lineage.upstream, or as an input`,
  },
  "unread-upstream": {
    severity: "warning",
    message: (p: { upstream: string }) =>
      `The contract names "${p.upstream}" as upstream, but no model or program of this product reads it.`,
    help: "remove it from the contract, or read it",
  },
  "lock-stale": {
    severity: "error",
    message: (p: { files: readonly string[] }) =>
      `${p.files.length === 1 ? `${p.files[0]} does` : `${p.files.join(", ")} do`} not say what the contract says now.`,
    help: "run mesh sync (or nx sync) and commit what it writes",
  },
  "sla-unsupported": {
    severity: "warning",
    message: (p: { level: string; promised: string; best: string; figures: readonly string[] }) =>
      `${p.level.charAt(0).toUpperCase()}${p.level.slice(1)} ${p.promised} is promised, but what it is made from supports ${p.best} at best: ${p.figures.join(", ")}.`,
    help: (p: { level: string; best: string }) =>
      `promise ${p.level} ${p.best}, or agree on a better figure with the owners of the upstreams`,
  },
  "deprecated-upstream": {
    severity: "warning",
    message: (p: { what: string; until?: string | undefined; gone: boolean; retired: boolean }) =>
      p.retired
        ? `${p.what} is retired${p.until ? ` since ${p.until}` : ""}.`
        : p.gone
          ? `${p.what} is deprecated, and may be gone since ${p.until}.`
          : `${p.what} is deprecated${p.until ? ` and may be gone from ${p.until}` : ""}.`,
    help: (p: { replacedBy?: string | undefined; guide?: string | undefined }) =>
      `${p.replacedBy ? `read "${p.replacedBy}" instead` : "ask its owner what replaces it"}${p.guide ? `: ${p.guide}` : ""}`,
  },
  "status-order": {
    severity: "warning",
    message: (p: { product: string; upstream: string }) =>
      `"${p.product}" is active and reads "${p.upstream}", which is a draft.`,
    help: "a draft may change any day: stay a draft too, or wait until it is active",
  },
  "reference-broken": {
    severity: "error",
    message: (p: { text: string; problem: string }) => `"${p.text}" cannot be referenced: ${p.problem}.`,
    help: (p: { candidates: readonly string[] }) =>
      p.candidates.length > 0
        ? `did you mean ${p.candidates.map((c) => `"${c}"`).join(" or ")}?`
        : "name <domain>.<product>[.<port>].<column> of the mesh, of the same type",
  },
  "input-mismatch": {
    severity: "error",
    message: (p: { input: string; problem: string }) => `Input "${p.input}" cannot be met: ${p.problem}.`,
    help: (p: { candidates: readonly string[]; upstream: string }) =>
      p.candidates.length > 0
        ? `did you mean ${p.candidates.map((c) => `"${c}"`).join(" or ")}?`
        : `expect what the contract of "${p.upstream}" promises, or ask its owner for more`,
  },
  "nullable-source": {
    severity: "warning",
    message: (p: { column: string; promise: string; source: string; upstream: string }) =>
      `"${p.column}" is promised to be ${p.promise}, but comes unchanged from "${p.source}" of "${p.upstream}", which may be null.`,
    help: "leave out rows without it (where … is not null), give it a value (coalesce), or promise less",
  },
  "pii-passed-on": {
    severity: "error",
    message: (p: { column: string; source: string; upstream: string }) =>
      `"${p.column}" passes on "${p.source}" of "${p.upstream}", which is personal data, and is neither declared so nor masked.`,
    help: "add pii: true and a masking to its constraints; where the SQL masks it, say meta: { masked: true } on the model's column",
  },
  "classification-lowered": {
    severity: "warning",
    message: (p: { column: string; source: string; upstream: string; before: string; after?: string | undefined }) =>
      `"${p.column}" is ${p.after ?? "not classified"}, but its values come from "${p.source}" of "${p.upstream}", which is ${p.before}.`,
    help: (p: { before: string }) => `classify it ${p.before}, or mask it`,
  },
  "retention-exceeds-source": {
    severity: "warning",
    message: (p: { kept: string; limit: string; upstream: string; columns: readonly string[] }) =>
      `Rows are kept ${p.kept}, but "${p.upstream}" keeps the sensitive values behind ${p.columns.map((c) => `"${c}"`).join(", ")} for ${p.limit}.`,
    help: (p: { limit: string }) => `keep rows no longer than ${p.limit}, or leave these values out`,
  },
});

/** Findings about what accepts findings. */
export const ignoreArea = defineArea("mesh", pages, {
  "ignore-unused": {
    severity: "warning",
    message: (p: { rule: string }) => `Nothing is found here that the ignore of "${p.rule}" would accept.`,
    help: "remove it: it would hide the next finding of this kind",
  },
  "ignore-unexplained": {
    severity: "warning",
    message: (p: { named: boolean }) =>
      p.named ? "This ignore does not say why, and holds nothing back." : "This ignore names no code.",
    help: "write mesh-ignore <code>: <reason>, and until <date> where it has an end",
  },
});

/** Findings that join the SQL of a product with its contract. */
export const productSqlArea = defineArea("sql", pages, {
  "port-without-model": {
    severity: "error",
    message: (p: { port: string; names: readonly string[] }) => `No model builds port "${p.port}".`,
    help: (p: { names: readonly string[] }) =>
      `write models/${p.names[0]}.sql${
        p.names.length > 1
          ? ` (or ${p.names
              .slice(1)
              .map((n) => `${n}.sql`)
              .join(", ")})`
          : ""
      }`,
  },
  "missing-column": {
    severity: "error",
    message: (p: { port: string; column: string; model: string; candidates?: readonly string[] }) =>
      `Port "${p.port}" promises column "${p.column}", which model "${p.model}" does not yield.`,
    help: (p: { candidates?: readonly string[] }) =>
      p.candidates?.length
        ? `the model yields ${p.candidates.map((c) => `"${c}"`).join(", ")}: did you mean one of them?`
        : "select it in the model, or take it out of the contract",
  },
  "extra-column": {
    severity: "warning",
    message: (p: { port: string; column: string; model: string }) =>
      `Model "${p.model}" yields "${p.column}", which port "${p.port}" does not promise.`,
    help: "the port leaves it out: promise it in the contract, or do not select it",
  },
  "type-mismatch": {
    severity: "error",
    message: (p: { column: string; model: string; actual: string; promised: string }) =>
      `Column "${p.column}" of model "${p.model}" is ${p.actual}; the contract promises ${p.promised}.`,
    help: "cast it in the model, or promise the type it has",
  },
  "unchecked-model": {
    severity: "info",
    message: (p: { model: string; sources: readonly string[] }) =>
      `Model "${p.model}" is not typechecked: the columns of ${p.sources.map((s) => `"${s}"`).join(", ")} are not known.`,
    help: "give the source's columns their data_type, or put its files where its location says",
  },
  "unchecked-dialect": {
    severity: "warning",
    message: (p: { product: string; models: number; engine: string; target: string; instead?: string | undefined }) =>
      `What the ${p.models === 1 ? "model" : `${p.models} models`} of "${p.product}" ${p.models === 1 ? "yields" : "yield"} is unknown: target "${p.target}" runs on ${p.engine}, whose SQL nothing here understands.`,
    help: (p: { instead?: string | undefined }) =>
      p.instead === undefined
        ? "only a run on the engine itself will tell; a target of duckdb or postgres is typechecked without one"
        : `where the SQL is portable, typecheck it with --target ${p.instead}; else only a run on the engine itself will tell`,
  },
  "unreachable-upstream": {
    severity: "error",
    message: (p: { upstream: string; target: string }) => `"${p.upstream}" is not built on target "${p.target}" yet.`,
    help: (p: { upstream: string }) => `build it first: mesh build ${p.upstream}`,
  },
  "failing-rows": {
    severity: "error",
    message: (p: { model: string; port: string; detail: string }) =>
      `Port "${p.port}" cannot be written: reading the rows of model "${p.model}" fails. ${p.detail}`,
    help: "a view fails when it is read: materialize it as a table to see it fail earlier, or guard the value (try_cast)",
  },
  "unmaskable-column": {
    severity: "error",
    message: (p: { column: string; masking: string; type: string }) =>
      `Column "${p.column}" is to be masked by "${p.masking}", which its type ${p.type} cannot hold.`,
    help: "promise a string, or mask it with null",
  },
  "storage-full": {
    severity: "error",
    message: (p: { product: string; detail: string }) =>
      `The disk is full: "${p.product}" was not built (${p.detail}).`,
    help: "free some space and build again; the former port is untouched",
  },
  "engine-failed": {
    severity: "error",
    message: (p: { product: string; detail: string }) => `The engine could not build "${p.product}": ${p.detail}`,
    help: "the former port is untouched",
  },
});
