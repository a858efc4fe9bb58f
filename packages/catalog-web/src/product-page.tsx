import type { LineageGraph, Product, QualityReport, VersionSummary } from "@meshwork/catalog-api";
import { Layout, TableRegion } from "./layout.tsx";
import { Lineage } from "./lineage-section.tsx";
import type { Links } from "./links.ts";
import { Fields } from "./port-sections.tsx";
import { ProductHead } from "./product-head.tsx";
import { Quality } from "./quality-section.tsx";
import { Age, Badge, LifeBadge } from "./verdict.tsx";

export interface ProductPageProps {
  readonly product: Product;
  readonly versions: readonly VersionSummary[];
  readonly quality: QualityReport | undefined;
  readonly lineage: LineageGraph | undefined;
  readonly links: Links;
  readonly now: Date;
}

/** Checks and lineage are the current version's; a page of an older one leaves them out. */
export const ProductPage = ({ product, versions, quality, lineage, links, now }: ProductPageProps) => {
  const { record } = product;
  const api = `/v1/products/${encodeURIComponent(record.domain)}/${encodeURIComponent(record.product)}`;
  return (
    <Layout title={`${record.title ?? record.name} · Meshwork catalog`} links={links}>
      <article>
        <ProductHead product={product} links={links} now={now} />
        {record.ports.map((port) => (
          <Fields port={port} isOnly={record.ports.length === 1} />
        ))}
        {quality !== undefined && <Quality report={quality} now={now} />}
        {lineage !== undefined && <Lineage product={product} graph={lineage} links={links} />}
        <Versions product={product} versions={versions} links={links} now={now} />
        <Agreements product={product} />
        <Ownership product={product} />
        <section aria-labelledby="contract">
          <h2 id="contract">Contract</h2>
          <p class="muted small">
            {product.contract.file !== undefined && (
              <>
                <code>{product.contract.file}</code>,{" "}
              </>
            )}
            {record.dialect}, revision {product.revision.revision}, sha256 {product.contract.contentHash.slice(0, 12)}
            {links.json(api) !== undefined && (
              <>
                {" · "}
                <a href={links.json(api)}>JSON</a> · <a href={links.json(`${api}/metadata`)}>metadata record</a>
              </>
            )}
          </p>
          <details>
            <summary>The contract as published</summary>
            <pre tabindex={0} aria-label="Contract">
              <code>{product.contract.text}</code>
            </pre>
          </details>
        </section>
      </article>
    </Layout>
  );
};

const Versions = ({
  product,
  versions,
  links,
  now,
}: {
  product: Product;
  versions: readonly VersionSummary[];
  links: Links;
  now: Date;
}) => {
  const { record } = product;
  const published = new Set(versions.map((v) => v.version));
  const earlier = record.previousVersions.filter((version) => !published.has(version));
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <TableRegion label="Versions">
        <table>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Status</th>
              <th scope="col">Published</th>
              <th scope="col">Commit</th>
              <th scope="col">Notes</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((v) => (
              <tr>
                <th scope="row">
                  <a
                    href={
                      v.current
                        ? links.product(record.domain, record.product)
                        : links.version(record.domain, record.product, v.version)
                    }
                  >
                    {v.version}
                  </a>
                </th>
                <td>
                  <LifeBadge status={v.status} />
                </td>
                <td>
                  <Age at={v.publishedAt} now={now} />
                </td>
                <td>
                  {v.git === undefined ? <span class="muted">unknown</span> : <code>{v.git.commit.slice(0, 10)}</code>}
                </td>
                <td>
                  {[
                    v.current ? "current" : undefined,
                    v.sunset === undefined ? undefined : `lives until ${v.sunset}`,
                    v.revision > 1 ? `${v.revision} revisions` : undefined,
                    v.changedPromises ? "promises changed in place" : undefined,
                  ]
                    .filter((note) => note !== undefined)
                    .join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableRegion>
      {earlier.length > 0 && <p class="muted small">Earlier, not in this catalog: {earlier.join(", ")}.</p>}
    </section>
  );
};

const statuses = {
  met: { text: "met", tone: "good", mark: "check" },
  violated: { text: "violated", tone: "bad", mark: "cross" },
  waived: { text: "waived", tone: "warn", mark: "clock" },
  "not-evaluated": { text: "not evaluated", tone: "calm", mark: "dots" },
} as const;

const Agreements = ({ product }: { product: Product }) => {
  const { sla, access } = product.record;
  const levels = Object.entries(sla).flatMap(([name, level]) =>
    level === undefined ? [] : [{ name, text: level.text }],
  );
  return (
    <section aria-labelledby="agreements">
      <h2 id="agreements">Agreements</h2>
      <dl class="facts wide-facts">
        <div>
          <dt>Service levels</dt>
          <dd>
            {levels.length === 0 ? (
              <span class="muted">none promised</span>
            ) : (
              levels.map(({ name, text }) => `${name} ${text}`).join(", ")
            )}
          </dd>
        </div>
        <div>
          <dt>Purposes</dt>
          <dd>{access.purposes.length === 0 ? <span class="muted">not limited</span> : access.purposes.join(", ")}</dd>
        </div>
        {access.rowFilter !== undefined && (
          <div>
            <dt>Row filter</dt>
            <dd>
              <code>{access.rowFilter}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Policies it names</dt>
          <dd>{access.policies.length === 0 ? <span class="muted">none</span> : access.policies.join(", ")}</dd>
        </div>
      </dl>
      {product.compliance.length === 0 ? (
        <p class="muted">Policies were not evaluated in the last run.</p>
      ) : (
        <TableRegion label="Policies">
          <table>
            <thead>
              <tr>
                <th scope="col">Policy</th>
                <th scope="col">Enforcement</th>
                <th scope="col">Status</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {product.compliance.map((verdict) => (
                <tr>
                  <th scope="row">{verdict.policy}</th>
                  <td>{verdict.enforcement}</td>
                  <td>
                    <Badge {...statuses[verdict.status]} />
                  </td>
                  <td>{verdict.message ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableRegion>
      )}
    </section>
  );
};

const Ownership = ({ product }: { product: Product }) =>
  product.record.ownership.length === 0 ? null : (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      <dl class="facts wide-facts">
        {product.record.ownership.map(({ role, value }) => (
          <div>
            <dt>{role}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
