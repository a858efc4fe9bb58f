import { readContract, writeOdcs } from "@meshwork/contract";
import type { ContractFormat } from "./data-product.answers.ts";
import type { Wanted } from "./file-plan.ts";

const AUTHORED = "data-product-contract.yaml";
const SCHEMA = "../../../node_modules/@meshwork/contract/schema/odcs/odcs-3.1.schema.json";

/** The files of a template with its contract in the dialect that is asked for; presets are written in our own. */
export function inContractFormat(
  files: readonly Wanted[],
  format: ContractFormat | undefined,
  product: string,
): readonly Wanted[] {
  if (format !== "odcs") return files;
  const name = `${product}.odcs.yaml`;
  return files.map((file): Wanted => {
    const directory = file.path.slice(0, -AUTHORED.length);
    if (file.path.endsWith(`/README.md`)) return { ...file, content: file.content.replaceAll(AUTHORED, name) };
    if (!file.path.endsWith(`/${AUTHORED}`)) return file;
    const { value } = readContract({ file: file.path, text: file.content });
    // A preset that cannot be read is told as it stands.
    if (value === undefined) return file;
    const { text } = writeOdcs(value, { version: "3.1" });
    return { ...file, path: `${directory}${name}`, content: `# yaml-language-server: $schema=${SCHEMA}\n${text}` };
  });
}
