import type { LineageGraph, LineageNode, Product } from "@meshwork/catalog-api";
import { TableRegion } from "./layout.tsx";
import type { Links } from "./links.ts";
import { VerdictBadge } from "./verdict.tsx";

const drawn = 12;
const boxWidth = 224;
const boxHeight = 34;
const rowHeight = 46;
const gap = 96;

interface LineageProps {
  readonly product: Product;
  readonly graph: LineageGraph;
  readonly links: Links;
}

/** Who feeds it and who reads it: a drawing for the eye and a table that says the same. */
export const Lineage = ({ product, graph, links }: LineageProps) => {
  const sources = graph.nodes.filter((node) => node.distance === -1);
  const readers = graph.nodes.filter((node) => node.distance === 1);
  return (
    <section aria-labelledby="lineage">
      <h2 id="lineage">Lineage</h2>
      {sources.length + readers.length === 0 ? (
        <p class="muted">The contract names no inputs, and no published product reads it.</p>
      ) : (
        <>
          <Drawing root={graph.root} sources={sources} readers={readers} links={links} />
          <TableRegion label="Lineage as a table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Direction</th>
                  <th scope="col">Name</th>
                  <th scope="col">Owner</th>
                  <th scope="col">Quality</th>
                </tr>
              </thead>
              <tbody>
                {[...sources, ...readers].map((node) => (
                  <tr>
                    <td>{node.distance < 0 ? "feeds it" : "reads it"}</td>
                    <th scope="row">
                      <NodeName node={node} links={links} />
                    </th>
                    <td>{node.owner ?? <span class="muted">unknown</span>}</td>
                    <td>
                      {node.verdict === undefined ? (
                        <span class="muted">outside the catalog</span>
                      ) : (
                        <VerdictBadge verdict={node.verdict} />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableRegion>
        </>
      )}
      {graph.truncated && <p class="muted">There is more; the HTTP interface gives it by depth.</p>}
      <ColumnLineage graph={graph} />
      <Consumers product={product} readers={readers} />
    </section>
  );
};

const parts = (name: string): [string, string] => {
  const at = name.indexOf(".");
  return at === -1 ? [name, ""] : [name.slice(0, at), name.slice(at + 1)];
};

const NodeName = ({ node, links }: { node: LineageNode; links: Links }) =>
  node.kind === "product" ? (
    <a href={links.product(...parts(node.name))}>
      <code>{node.name}</code>
    </a>
  ) : (
    <code>{node.name}</code>
  );

const Drawing = ({
  root,
  sources,
  readers,
  links,
}: {
  root: string;
  sources: LineageNode[];
  readers: LineageNode[];
  links: Links;
}) => {
  const left = sources.slice(0, drawn);
  const right = readers.slice(0, drawn);
  const lines = Math.max(
    left.length + (sources.length > drawn ? 1 : 0),
    right.length + (readers.length > drawn ? 1 : 0),
    1,
  );
  const height = lines * rowHeight;
  const columns = [0, boxWidth + gap, 2 * (boxWidth + gap)] as const;
  const width = columns[2] + boxWidth;
  const y = (at: number, of: number) => (height - of * rowHeight) / 2 + at * rowHeight + (rowHeight - boxHeight) / 2;
  const middle = y(0, 1) + boxHeight / 2;
  const curve = (x1: number, y1: number, x2: number, y2: number) =>
    `M${x1} ${y1}C${x1 + gap / 2} ${y1} ${x2 - gap / 2} ${y2} ${x2} ${y2}`;
  return (
    <div class="drawing" aria-hidden="true">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} focusable="false">
        {left.map((_, at) => (
          <path class="edge" d={curve(columns[0] + boxWidth, y(at, left.length) + boxHeight / 2, columns[1], middle)} />
        ))}
        {right.map((_, at) => (
          <path
            class="edge"
            d={curve(columns[1] + boxWidth, middle, columns[2], y(at, right.length) + boxHeight / 2)}
          />
        ))}
        {left.map((node, at) => (
          <Box node={node} x={columns[0]} y={y(at, left.length)} links={links} />
        ))}
        <Box
          node={{ name: root, kind: "product", distance: 0 }}
          x={columns[1]}
          y={middle - boxHeight / 2}
          links={links}
        />
        {right.map((node, at) => (
          <Box node={node} x={columns[2]} y={y(at, right.length)} links={links} />
        ))}
        {sources.length > drawn && (
          <text class="more" x={columns[0]} y={height - 12}>
            and {sources.length - drawn} more
          </text>
        )}
        {readers.length > drawn && (
          <text class="more" x={columns[2]} y={height - 12}>
            and {readers.length - drawn} more
          </text>
        )}
      </svg>
    </div>
  );
};

// The drawing is hidden from assistive technology, so its links stay out of the tab order: the table has them.
const Box = ({ node, x, y, links }: { node: LineageNode; x: number; y: number; links: Links }) => {
  const shown = node.name.length > 29 ? `${node.name.slice(0, 28)}…` : node.name;
  const body = (
    <>
      <rect
        class={`box ${node.distance === 0 ? "root" : node.kind}`}
        x={x + 1}
        y={y + 1}
        width={boxWidth - 2}
        height={boxHeight - 2}
        rx="8"
      />
      <text
        class={node.distance === 0 ? "root" : ""}
        x={x + boxWidth / 2}
        y={y + boxHeight / 2 + 4.5}
        text-anchor="middle"
      >
        {shown}
      </text>
      <title>{node.name}</title>
    </>
  );
  return node.kind === "product" && node.distance !== 0 ? (
    <a href={links.product(...parts(node.name))} tabindex={-1}>
      {body}
    </a>
  ) : (
    <g>{body}</g>
  );
};

const columnsShown = 500;

const ColumnLineage = ({ graph }: { graph: LineageGraph }) => {
  const mine = graph.columns.filter((edge) => edge.reader === graph.root);
  if (mine.length === 0) return <p class="muted small">Lineage of columns is not known for this version.</p>;
  return (
    <details>
      <summary>Where each column comes from</summary>
      <TableRegion label="Lineage of columns">
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Comes from</th>
              <th scope="col">How</th>
            </tr>
          </thead>
          <tbody>
            {mine.slice(0, columnsShown).map((edge) => (
              <tr>
                <th scope="row">
                  <code>{edge.to.column}</code>
                </th>
                <td>
                  <code>
                    {edge.from.name}.{edge.from.column}
                  </code>
                </td>
                <td>
                  {[
                    edge.type === "direct" ? "its value" : "decides which rows",
                    edge.subtype?.toLowerCase().replaceAll("_", " "),
                    edge.masking === true ? "masked" : undefined,
                  ]
                    .filter((part) => part !== undefined)
                    .join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableRegion>
      {mine.length > columnsShown && <p class="muted">and {mine.length - columnsShown} more</p>}
    </details>
  );
};

const Consumers = ({ product, readers }: { product: Product; readers: readonly LineageNode[] }) => {
  const confirmed = new Set([
    ...readers.map((node) => node.name),
    ...product.consumers.map((consumer) => consumer.name),
  ]);
  const unconfirmed = product.record.declaredDownstream.filter(
    ({ name, text }) => !confirmed.has(name) && !confirmed.has(text),
  );
  if (product.consumers.length === 0 && unconfirmed.length === 0) return null;
  return (
    <>
      <h3>Consumers</h3>
      <ul class="plain">
        {product.consumers.map(({ name, owner, columns }) => (
          <li>
            <code>{name}</code>
            {owner !== undefined && ` (${owner})`}
            {columns !== undefined && columns.length > 0 && (
              <span class="muted">
                {" reads "}
                {columns.slice(0, 12).join(", ")}
                {columns.length > 12 && ` and ${columns.length - 12} more`}
              </span>
            )}
          </li>
        ))}
        {unconfirmed.map(({ text }) => (
          <li>
            <code>{text}</code> <span class="muted">named by the contract, not confirmed by any published product</span>
          </li>
        ))}
      </ul>
    </>
  );
};
