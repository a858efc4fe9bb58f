import type { Column, ObservedPort, Product, PromisedPort } from "@meshwork/catalog-api";
import { TableRegion } from "./layout.tsx";
import { columnAnchor } from "./search-page.tsx";
import { snippetsOf } from "./snippets.ts";
import { Badge } from "./verdict.tsx";

const maxDepth = 20;
const count = new Intl.NumberFormat("en");

/** A query that can be copied for each output port; ports beside the default one are folded. */
export const UseIt = ({ product }: { product: Product }) => (
  <section aria-labelledby="use">
    <h2 id="use">Use it</h2>
    {product.record.ports.map((port, at) =>
      at === 0 ? (
        <PortUse port={port} product={product} />
      ) : (
        <details>
          <summary>
            Port <code>{port.name}</code>
          </summary>
          <PortUse port={port} product={product} />
        </details>
      ),
    )}
  </section>
);

const PortUse = ({ port, product }: { port: PromisedPort; product: Product }) => {
  const observed = product.observed.find((o) => o.port === port.name);
  return (
    <>
      <p class="muted small">{placeOf(port, observed)}</p>
      <div class="snippets">
        {snippetsOf(port, observed, product).map(({ title, language, text }) => (
          <figure class="snippet" data-copy="">
            <figcaption>{title}</figcaption>
            <pre tabindex={0} aria-label={`${title} for port ${port.name}`}>
              <code class={`language-${language}`}>{text}</code>
            </pre>
          </figure>
        ))}
      </div>
    </>
  );
};

function placeOf(port: PromisedPort, observed: ObservedPort | undefined): string {
  if (observed === undefined)
    return "Not built yet as far as the catalog knows; the relation is what the contract promises.";
  const parts = [
    observed.rows === undefined ? undefined : `${count.format(observed.rows)} rows`,
    observed.snapshot === undefined ? undefined : `snapshot ${observed.snapshot.slice(0, 12)}`,
    observed.location,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? port.relation : parts.join(" · ");
}

export const Fields = ({ port, isOnly }: { port: PromisedPort; isOnly: boolean }) => {
  const rows: { column: Column; path: string; depth: number }[] = [];
  const walk = (columns: readonly Column[], prefix: string, depth: number) => {
    for (const column of columns) {
      const path = `${prefix}${column.name}`;
      rows.push({ column, path, depth });
      if (column.fields !== undefined && depth < maxDepth) walk(column.fields, `${path}.`, depth + 1);
    }
  };
  walk(port.columns, "", 0);
  const id = `fields-${columnAnchor(port.name, "")}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>Fields{!isOnly && ` of ${port.name}`}</h2>
      {port.description !== undefined && <p>{port.description}</p>}
      {rows.length === 0 ? (
        <p class="muted">The contract names no fields.</p>
      ) : (
        <TableRegion label={`Fields of ${port.name}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Type</th>
                <th scope="col">Meaning</th>
                <th scope="col">Rules</th>
                <th scope="col">Protection</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ column, path, depth }) => (
                <tr id={columnAnchor(port.name, path)}>
                  <th scope="row" class={depth === 0 ? "field" : `field nested depth-${Math.min(depth, 4)}`}>
                    <code>{depth === 0 ? column.name : path}</code>
                    {column.primaryKey && <span class="chip">key</span>}
                  </th>
                  <td>
                    <code>{column.type}</code>
                  </td>
                  <td>
                    <Meaning column={column} />
                  </td>
                  <td>
                    {[
                      column.nullable ? "may be null" : "never null",
                      ...column.constraints,
                      ...(column.references === undefined ? [] : [`refers to ${column.references}`]),
                    ].join("; ")}
                  </td>
                  <td>
                    <Protection column={column} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableRegion>
      )}
    </section>
  );
};

const Meaning = ({ column }: { column: Column }) => (
  <>
    {column.title !== undefined && <strong>{column.title}. </strong>}
    {column.description ??
      (column.title === undefined && column.embedding === undefined ? <span class="muted">not described</span> : "")}
    {column.embedding !== undefined && <span> Embedding: {column.embedding}.</span>}
    {column.deprecated !== undefined && (
      <span class="block">
        <Badge text="deprecated" tone="warn" mark="clock" />
        {column.deprecated.until !== undefined && ` may be gone from ${column.deprecated.until}`}
        {column.deprecated.replacedBy !== undefined && `, use ${column.deprecated.replacedBy}`}
      </span>
    )}
    {column.tags.length > 0 && <span class="muted"> ({column.tags.join(", ")})</span>}
  </>
);

const maskings: Readonly<Record<string, string>> = {
  hash: "hashed",
  redact: "redacted",
  partial: "partly hidden",
  null: "left out",
  none: "not masked",
};

const Protection = ({ column }: { column: Column }) => {
  if (!column.pii && column.masking === undefined && column.classification === undefined)
    return <span class="muted">none</span>;
  return (
    <>
      {column.pii && <span class="chip strong">personal data</span>}
      {[
        column.masking === undefined
          ? column.pii
            ? "not masked"
            : undefined
          : (maskings[column.masking] ?? column.masking),
        column.classification,
      ]
        .filter((part) => part !== undefined)
        .join(", ")}
    </>
  );
};
