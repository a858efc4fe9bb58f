import type { Diagnostic } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import { majorOf } from "@meshwork/contract";
import { namedUpstreams, producerOf } from "../graph.ts";
import { meshWideArea } from "./area.ts";
import type { Product } from "../workspace.ts";
import { liveVersions } from "../workspace.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** An upstream in a domain the mesh knows must exist; anything else is a source outside, unless a near name exists. */
export const upstream: MeshRule = {
  codes: ["contract/unknown-upstream", "contract/near-upstream", "contract/unpinned-upstream"],
  check(workspace) {
    const out: Diagnostic[] = [];
    const names = [...new Set([...workspace.products.values()].map((p) => p.base))];
    for (const { product, reference, path } of namedUpstreams(workspace)) {
      const extra = { product: product.name, path, span: () => product.read.source.spanOf(path) };
      const asked = `${reference.domain}.${reference.product}`;
      if (!workspace.domains.has(reference.domain)) {
        // The domain's name has to be near first: a thousand products need not be measured against every outside name.
        const domains = nearest(reference.domain, workspace.domains.keys());
        const near = nearest(
          asked,
          names.filter((n) => domains.some((d) => n.startsWith(`${d}.`))),
        )[0];
        if (near) out.push(meshWideArea.create("near-upstream", { text: reference.text, near }, extra));
        continue;
      }
      const producer = producerOf(workspace, reference);
      const report = (what: string, candidates: readonly string[]) =>
        out.push(meshWideArea.create("unknown-upstream", { text: reference.text, what, candidates }, extra));
      if (!producer) {
        const inDomain = names.filter((n) => n.startsWith(`${reference.domain}.`));
        const near = nearest(asked, names);
        report(
          `a product that domain "${reference.domain}" does not have`,
          near.length > 0 ? near : inDomain.slice(0, 5),
        );
        continue;
      }
      const contract = producer.contract;
      if (!contract) continue;
      if (reference.port && !contract.ports.some((p) => p.name === reference.port)) {
        report(
          `a port that "${producer.name}" does not have`,
          contract.ports.map((p) => `${producer.name}.${p.name}`),
        );
      }
      const live = liveVersions(workspace, asked).filter((p) => p.contract !== undefined);
      const majors = live.map((p) => majorOf(p.contract!.version));
      const at = live.map((p) => p.contract!.version);
      if (reference.major === undefined && live.length > 1 && product.base !== asked) {
        const params = { text: reference.text, product: asked, majors, until: live.map(goesFrom) };
        out.push(meshWideArea.create("unpinned-upstream", params, extra));
      }
      if (reference.major !== undefined && !majors.includes(reference.major)) {
        const older = at.length > 1 ? `, and ${at.slice(1).join(", ")} ${at.length > 2 ? "are" : "is"} still live` : "";
        report(
          `version ${reference.major} of "${asked}", which is at ${at[0]}${older}`,
          majors.map((m) => `${asked}@${m}`),
        );
      }
    }
    return out;
  },
};

const goesFrom = (product: Product): string | undefined => product.contract?.deprecation?.until?.slice(0, 10);
