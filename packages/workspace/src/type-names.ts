import { camelCase, typeNames } from "@meshwork/formats";
import type { Product } from "./workspace.ts";

/**
 * How TypeScript imports a product's rows: `import { type OrderEvents, orderEventsSchema } from "@acme/orders/order-events"`;
 * an older live version as `@acme/orders/order-events/v1`.
 */
export function typeScriptImport(
  scope: string,
  product: Product,
): { module: string; type: string; schema: string } | undefined {
  const [type] = typeNames((product.contract?.ports ?? []).map((p) => p.name));
  if (type === undefined) return undefined;
  const version = product.versionFolder === undefined ? "" : `/${product.versionFolder}`;
  return {
    module: `${scope}/${product.domain}/${product.product}${version}`,
    type,
    schema: `${camelCase(type)}Schema`,
  };
}
