import type { PublishTarget } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { didYouMean } from "@meshwork/diagnostics";
import { meshwork } from "./meshwork.publisher.ts";
import { openlineage } from "./openlineage.publisher.ts";
import { publishArea } from "./publish-codes.ts";
import type { ConnectedPublisher, Publisher, SettingSources } from "./publisher.ts";

type Connect = (target: PublishTarget, sources: SettingSources) => Connected;
export type Connected =
  | { readonly ok: true; readonly publisher: ConnectedPublisher }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Keeps a publisher's configuration with it, so that callers need not know its form. */
function connector<C>(publisher: Publisher<C>): readonly [string, Connect] {
  const connect: Connect = (target, sources) => {
    const configured = publisher.configure(target, sources);
    if (!configured.ok) return configured;
    const { config } = configured;
    return {
      ok: true,
      publisher: {
        kind: publisher.kind,
        target: target.name,
        plan: (snapshot) => publisher.plan(snapshot, config, target.name),
        send: (step, context) => publisher.send(step, config, context),
      },
    };
  };
  return [publisher.kind, connect];
}

const connectors = new Map<string, Connect>([connector(meshwork), connector(openlineage)]);

export const publisherKinds = (): string[] => [...connectors.keys()].sort();

/** Readies a target of mesh.yaml for planning and sending: finds its publisher and its settings. */
export function connectPublisher(target: PublishTarget, sources: SettingSources): Connected {
  const connect = connectors.get(target.kind);
  if (connect !== undefined) return connect(target, sources);
  const what = `"${target.name}" is of kind "${target.kind}", which no publisher serves.`;
  const suggestion = didYouMean(target.kind, connectors.keys());
  return {
    ok: false,
    diagnostics: [publishArea.create("unknown-target", { what, suggestion }, { path: [...target.at, "kind"] })],
  };
}

/** The target of that name, or a diagnostic that names the nearest. */
export function publishTarget(
  name: string,
  targets: readonly PublishTarget[],
): { readonly ok: true; readonly target: PublishTarget } | { readonly ok: false; readonly diagnostic: Diagnostic } {
  const target = targets.find((candidate) => candidate.name === name);
  if (target !== undefined) return { ok: true, target };
  const suggestion = didYouMean(
    name,
    targets.map((candidate) => candidate.name),
  );
  return {
    ok: false,
    diagnostic: publishArea.create("unknown-target", {
      what: `mesh.yaml has no publish target "${name}".`,
      suggestion,
    }),
  };
}
