import { majorOf, versionOf } from "@meshwork/contract";
import type { Diagnostic, Path } from "@meshwork/diagnostics";
import type { Product } from "../workspace.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";
import type { ReadableProduct } from "./upstream-reads.ts";

/** What keeps live versions of one product apart, and their readers told: folder, identity, order and end. */
export const liveVersionRules: MeshRule = {
  codes: [
    "contract/version-folder",
    "contract/version-identity",
    "contract/version-order",
    "contract/version-sunset",
    "contract/version-ended",
  ],
  check(workspace, graph, today) {
    const out: Diagnostic[] = [];
    for (const older of workspace.products.values()) {
      if (older.versionFolder === undefined || !isReadable(older)) continue;
      const { contract } = older;
      const at = (path: Path, other?: { readonly product: Product; readonly message: string }) => {
        const there = other?.product.read.source.spanOf(path);
        return {
          product: older.name,
          path,
          span: () => older.read.source.spanOf(path) ?? older.read.source.spanOf(["metadata"], "key"),
          ...(there ? { related: [{ message: other!.message, span: there }] } : {}),
        };
      };
      // A version that cannot be read is told of where it is read.
      if (versionOf(contract.version) === undefined) continue;
      const major = majorOf(contract.version);
      if (older.versionFolder !== `v${major}`) {
        const params = { folder: older.versionFolder, version: contract.version, major };
        out.push(meshWideArea.create("version-folder", params, at(["metadata", "version"])));
      }
      const newest = workspace.products.get(older.base);
      if (isReadable(newest)) {
        const here = { product: newest, message: "the newest version says so here" };
        for (const what of ["id", "domain", "product"] as const) {
          const [is, wanted] = [contract[what], newest.contract[what]];
          const path = ["metadata", what === "product" ? "name" : what];
          if (is !== wanted) {
            const params = { product: older.name, what: path[1]!, is, newest: wanted };
            out.push(meshWideArea.create("version-identity", params, at(path, here)));
          }
        }
        if (versionOf(newest.contract.version) !== undefined && major >= majorOf(newest.contract.version)) {
          const params = { version: contract.version, newest: newest.contract.version };
          out.push(meshWideArea.create("version-order", params, at(["metadata", "version"], here)));
        }
      }
      const sunset = contract.deprecation?.until?.slice(0, 10);
      if (sunset === undefined)
        out.push(meshWideArea.create("version-sunset", { product: older.name }, at(["spec", "deprecation"])));
      else if (sunset <= today) {
        const readers = graph.downstream(older.name);
        const params = { product: older.name, sunset, readers };
        out.push(meshWideArea.create("version-ended", params, at(["spec", "deprecation", "sunset"])));
      }
    }
    return out;
  },
};

const isReadable = (product: Product | undefined): product is ReadableProduct => product?.contract !== undefined;
