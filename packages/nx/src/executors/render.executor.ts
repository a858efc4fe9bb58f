import { single } from "./run-verb.ts";

/** Writes the infrastructure files of a product's packs. */
export default single("render");
