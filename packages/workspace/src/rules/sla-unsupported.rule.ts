import type { Duration, OutputPort, ServiceLevels, Share } from "@meshwork/contract";
import { durationText } from "@meshwork/contract";
import type { Diagnostic, Path, Span } from "@meshwork/diagnostics";
import type { ProductGraph } from "../graph.ts";
import { namedUpstreams, producerOf } from "../graph.ts";
import type { Workspace } from "../workspace.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";
import type { ReadableProduct, UpstreamRead } from "./upstream-reads.ts";
import { readsByConsumer } from "./upstream-reads.ts";

type Level = "freshness" | "availability" | "completeness" | "accuracy";

/** The best that the upstreams support, and each of those that set it. */
interface Support {
  readonly best: string;
  readonly figures: readonly string[];
}

/** Nobody can promise better data than what it is made of. A level that an upstream does not promise sets no bound. */
export const slaUnsupported: MeshRule = {
  codes: ["contract/sla-unsupported"],
  check(workspace, graph) {
    const reads = readsByConsumer(workspace, graph);
    const outside = new Set(
      namedUpstreams(workspace).flatMap((u) => (producerOf(workspace, u.reference) ? [] : u.product.name)),
    );
    const consumers = [...workspace.products.values()].filter((p): p is ReadableProduct => p.contract !== undefined);
    return consumers.flatMap((consumer) => {
      const upstreams = reads.get(consumer) ?? [];
      if (upstreams.length === 0 && !consumer.contract.inputs.some((i) => i.freshness)) return [];
      const told = new Set<string>();
      return consumer.contract.ports.flatMap(({ sla }, index): Diagnostic[] => {
        const found: [Level, string, Support | undefined][] = [];
        if (sla.freshness)
          found.push(["freshness", sla.freshness.text, freshness(workspace, consumer, upstreams, sla.freshness)]);
        if (sla.availability)
          found.push([
            "availability",
            percent(sla.availability.value),
            availability(graph, upstreams, sla.availability),
          ]);
        // Rows and values may come from a source outside, of which nobody here knows how complete it is.
        if (!outside.has(consumer.name))
          for (const level of ["completeness", "accuracy"] as const)
            if (sla[level]) found.push([level, percent(sla[level].value), least(upstreams, level, sla[level])]);
        return found.flatMap(([level, promised, support]) => {
          if (!support) return [];
          const { path, span } = placeOf(workspace, consumer, index, level);
          if (told.has(path.join("."))) return [];
          told.add(path.join("."));
          const params = { level, promised, best: support.best, figures: support.figures };
          return [meshWideArea.create("sla-unsupported", params, { product: consumer.name, path, span })];
        });
      });
    });
  },
};

const figureOf = (read: UpstreamRead, level: keyof ServiceLevels) =>
  (read.port?.sla ?? read.producer.contract.sla)[level] as { readonly text: string } | undefined;

function freshness(
  workspace: Workspace,
  { contract }: ReadableProduct,
  reads: readonly UpstreamRead[],
  promised: Duration,
): Support | undefined {
  const bounds = reads.flatMap((read) => {
    const level = figureOf(read, "freshness") as Duration | undefined;
    return level ? [{ seconds: level.seconds, says: `"${read.producer.name}" promises ${level.text}` }] : [];
  });
  const known = new Set(reads.flatMap((r) => (figureOf(r, "freshness") ? [r.producer.name] : [])));
  for (const { name, from, freshness: level } of contract.inputs) {
    const producer = producerOf(workspace, from)?.name;
    if (level && (producer === undefined || !known.has(producer)))
      bounds.push({ seconds: level.seconds, says: `input "${name}" expects ${level.text} of "${from.text}"` });
  }
  const over = bounds.filter((b) => b.seconds > promised.seconds);
  if (over.length === 0) return undefined;
  return { best: durationText(Math.max(...over.map((b) => b.seconds))), figures: over.map((b) => b.says).sort() };
}

function availability(graph: ProductGraph, reads: readonly UpstreamRead[], promised: Share): Support | undefined {
  const shares = new Map<string, number>();
  for (const read of reads) {
    const level = figureOf(read, "availability") as Share | undefined;
    if (level) shares.set(read.producer.name, Math.min(level.value, shares.get(read.producer.name) ?? 1));
  }
  if (supports([...shares.values()].reduce(times, 1), promised)) return undefined;
  // An upstream that another upstream reads is in that one's figure already.
  const names = [...shares.keys()];
  const above = new Map(names.map((n) => [n, new Set(names.length > 1 ? graph.reach(n, "upstream") : [])]));
  const counted = names.filter((n) => !names.some((m) => m !== n && above.get(m)!.has(n) && !above.get(n)!.has(m)));
  // Its promise bounds all the same, where the one in between promises more than it can.
  const best = Math.min(counted.map((n) => shares.get(n)!).reduce(times, 1), ...shares.values());
  if (supports(best, promised)) return undefined;
  const figures = names.filter((n) => counted.includes(n) || shares.get(n)! <= best);
  return { best: percent(best), figures: figures.sort().map((n) => `"${n}" promises ${percent(shares.get(n)!)}`) };
}

function least(
  reads: readonly UpstreamRead[],
  level: "completeness" | "accuracy",
  promised: Share,
): Support | undefined {
  const over = reads.flatMap((read) => {
    const share = figureOf(read, level) as Share | undefined;
    return share && !supports(share.value, promised) ? [{ value: share.value, name: read.producer.name }] : [];
  });
  if (over.length === 0) return undefined;
  const figures = new Set(over.map((o) => `"${o.name}" promises ${percent(o.value)}`));
  return { best: percent(Math.min(...over.map((o) => o.value))), figures: [...figures].sort() };
}

const times = (a: number, b: number): number => a * b;
/** Products of shares are not exact in binary. */
const supports = (best: number, promised: Share): boolean => best >= promised.value - 1e-9;
/** Rounded down: a figure that is offered has to be one that holds. */
const percent = (share: number): string => `${Math.floor(share * 1e6 + 1e-3) / 1e4}%`;

/** A port's own figure, the product's, or the domain's default. */
function placeOf(
  workspace: Workspace,
  { authored, read, domain }: ReadableProduct,
  index: number,
  level: Level,
): { path: Path; span: () => Span | undefined } {
  const port: OutputPort | undefined = authored?.ports[index];
  const own = port && !port.default && port.sla[level]?.text !== authored?.sla[level]?.text;
  const path = own ? [...port.at, "sla", level] : ["spec", "sla", level];
  const given = own || authored?.sla[level] !== undefined;
  const defaults = workspace.domains.get(domain)?.read.source;
  if (given || !defaults) return { path, span: () => read.source.spanOf(path) };
  return { path, span: () => defaults.spanOf(["spec", "defaults", "sla", level]) };
}
