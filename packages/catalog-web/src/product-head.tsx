import type { Product } from "@meshwork/catalog-api";
import { lengthInWords } from "./ages.ts";
import type { Links } from "./links.ts";
import { UseIt } from "./port-sections.tsx";
import { Age, Badge, LifeBadge, VerdictLine } from "./verdict.tsx";

interface PartProps {
  readonly product: Product;
  readonly links: Links;
  readonly now: Date;
}

/** Above the fold: what it is for and where it ends, whose it is, and whether it can be relied on today. */
export const ProductHead = ({ product, links, now }: PartProps) => {
  const { record, summary, revision, git } = product;
  const { deprecation } = record;
  return (
    <>
      <p class="crumbs">
        <a href={links.home}>Catalog</a> <span aria-hidden="true">/</span>{" "}
        <a href={links.domain(record.domain)}>{record.domain}</a> <span aria-hidden="true">/</span>{" "}
        <span>{record.product}</span>
      </p>
      <div class="title-row">
        <h1>{record.title ?? record.name}</h1>
        <p class="title-facts">
          <code>{record.name}</code>
          <span>
            version <strong>{record.version}</strong>
          </span>
          <LifeBadge status={record.status} />
        </p>
      </div>
      {!revision.current && (
        <p class="notice">
          This is version {record.version}, not the current one.{" "}
          <a href={links.product(record.domain, record.product)}>See the current version</a>.
        </p>
      )}
      {deprecation !== undefined && (
        <p class="notice warn">
          <strong>Deprecated</strong>
          {deprecation.since !== undefined && ` since ${deprecation.since}`}
          {deprecation.until !== undefined && `, may be gone from ${deprecation.until}`}
          {deprecation.replacedBy !== undefined && `; use ${deprecation.replacedBy}`}
          {deprecation.reason !== undefined && `. ${deprecation.reason}`}
        </p>
      )}
      {revision.changedPromises && (
        <p class="notice warn">
          <strong>Changed in place.</strong> This version promised something else when it was first published.
        </p>
      )}
      <div class="fold">
        <div class="purpose">
          <h2 id="purpose" class="visually-hidden">
            Purpose and limits
          </h2>
          <p class="lead">{record.description ?? "Its owner has not said what it is for."}</p>
          {record.useCases.length > 0 && (
            <p>
              <span class="label">Good for</span> {record.useCases.join(", ")}
            </p>
          )}
          <p>
            <span class="label">Limits</span> {record.limitations ?? <span class="muted">none stated</span>}
          </p>
          {record.tags.length > 0 && (
            <p class="tags">
              {record.tags.map((tag) => (
                <a class="tag" href={links.search(tag)}>
                  {tag}
                </a>
              ))}
            </p>
          )}
          <UseIt product={product} />
        </div>
        <section class="trust" aria-labelledby="trust">
          <h2 id="trust" class="visually-hidden">
            Can I rely on it?
          </h2>
          <p class="verdict">
            <VerdictLine quality={summary.quality} now={now} />
          </p>
          <p class="muted small">{tally(product)}</p>
          <dl class="facts">
            <Fact name="Freshness">
              <Freshness product={product} now={now} />
            </Fact>
            <Fact name="Owner">{record.owner ?? <span class="muted">nobody named</span>}</Fact>
            <Fact name="Channel">{record.channel ?? <span class="muted">none named</span>}</Fact>
            <Fact name="Access">
              {record.access.roles.length === 0 ? (
                <span class="muted">no roles named; ask the owner</span>
              ) : (
                `${record.access.roles.join(", ")}; ask the owner for a role`
              )}
            </Fact>
            {record.sensitivity !== undefined && <Fact name="Sensitivity">{record.sensitivity}</Fact>}
            {record.retention !== undefined && (
              <Fact name="Kept for">
                {record.retention.text}
                {record.retention.by !== undefined && ` by ${record.retention.by}`}
              </Fact>
            )}
            {git !== undefined && (
              <Fact name="Commit">
                <code>{git.commit.slice(0, 10)}</code>
                {git.dirty === true && " with local changes"}
              </Fact>
            )}
            {record.documentationUrl !== undefined && /^https?:\/\//.test(record.documentationUrl) && (
              <Fact name="Documentation">
                <a href={record.documentationUrl} rel="noreferrer">
                  {new URL(record.documentationUrl).host}
                </a>
              </Fact>
            )}
          </dl>
        </section>
      </div>
    </>
  );
};

const Fact = ({ name, children }: { name: string; children?: unknown }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children as never}</dd>
  </div>
);

function tally({ summary: { quality } }: Product): string {
  if (quality.total === 0) return "The contract names no checks, and none ran.";
  const parts = [`${quality.passed} of ${quality.total} checks passed`];
  if (quality.failed > 0) parts.push(`${quality.failed} did not`);
  if (quality.notRun > 0) parts.push(`${quality.notRun} not run`);
  if (quality.environment !== undefined) parts.push(`in ${quality.environment}`);
  return parts.join(", ");
}

/** Promised beside observed. The newest instant in the data counts; where none is known, when it was built. */
export const Freshness = ({ product, now }: { product: Product; now: Date }) => {
  const promised = product.record.ports.find((port) => port.default)?.sla.freshness ?? product.record.sla.freshness;
  const port = product.record.ports.find((p) => p.default)?.name;
  const observed = product.observed.find((o) => o.port === port);
  const at = observed?.freshAsOf ?? observed?.builtAt;
  const age = at === undefined ? undefined : (now.getTime() - Date.parse(at)) / 1_000;
  return (
    <>
      {promised === undefined ? <span class="muted">not promised</span> : <span>promised {promised.text}</span>}
      <br />
      {at === undefined || age === undefined ? (
        <span class="muted">observed: unknown</span>
      ) : (
        <span>
          {observed?.freshAsOf === undefined ? "built" : "newest data"} <Age at={at} now={now} />{" "}
          {promised !== undefined &&
            (age <= promised.seconds ? (
              <Badge text="in time" tone="good" mark="check" />
            ) : (
              <Badge text={`${lengthInWords(age - promised.seconds)} late`} tone="warn" mark="clock" />
            ))}
        </span>
      )}
    </>
  );
};
