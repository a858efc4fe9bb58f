import { single } from "./run-verb.ts";

/** Sends a product to the catalogs and receivers of mesh.yaml. */
export default single("publish");
