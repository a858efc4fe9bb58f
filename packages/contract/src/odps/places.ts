import type { Path } from "@meshwork/diagnostics";
import { odcsPlace } from "../odcs/places.ts";

/** Where a product of the Open Data Product Standard says what rules name in the keys of `datamesh.io/v1`. */
export function odpsPlace(path: Path): Path {
  const [head, key] = path;
  if (head === "spec" && (key === "schema" || key === "ports" || key === "quality")) return ["outputPorts"];
  if (head === "spec" && (key === "lineage" || key === "inputs")) return ["inputPorts"];
  return odcsPlace(path);
}
