import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/** Why a figure changes on the way from the monolith to the mesh, and by how much. */
export interface Reason {
  readonly reason: string;
  /** Signed, in the figure's unit. */
  readonly change: string;
}

export interface Explained {
  readonly figure: string;
  readonly monolith: string;
  readonly mesh: string;
  /** What follows from other figures has no reasons of its own. */
  readonly reasons: readonly Reason[];
  /** What the reasons leave open: `0` or `0.00` when they are right. */
  readonly unexplained: string | undefined;
}

export interface Comparison {
  readonly figures: readonly Explained[];
  /** What is wrong with the monolith and changes no total. */
  readonly silent: readonly { readonly finding: string; readonly count: string }[];
}

/** Every hit with what is wrong about it, judged from the raw table alone. */
const judged = `
create or replace temp table judged as
with copies as (
  select *,
    case payload_version when 1 then make_timestamp(ts * 1000000) else make_timestamp(ts_ms * 1000) end as happened,
    coalesce(event, event_type) in ('view', 'product', 'page_view', 'product_view') as shows_page,
    coalesce(event, event_type) in ('view', 'product', 'page_view') as counted_as_page,
    row_number() over (partition by hit_id order by received_at) > 1 as is_copy
  from all_hits
),
timed as (select *, received_at > happened + interval 1 hour as is_late from copies),
bots as (
  select cookie_id from timed where not is_copy and not is_late
  group by cookie_id having bool_or(regexp_matches(lower(user_agent), 'bot|crawler|spider|headless'))
  union
  select cookie_id from timed where not is_copy and not is_late
  group by cookie_id, date_trunc('minute', happened) having count(*) >= 40
)
select timed.*, bots.cookie_id is not null as is_bot
from timed left join bots on bots.cookie_id = timed.cookie_id`;

/** Runs the monolith's script on the raw data and explains each difference from the ports of the mesh. */
export async function explain(script: string, data: string, lake: string): Promise<Comparison> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`set variable data = '${quoted(data)}'`);
    await connection.run(readFileSync(script, "utf8"));
    await connection.run(judged);
    await connection.run(`create view kpis as ${port(lake, "growth", "daily_web_kpis_v1")}`);
    await connection.run(`create view orders as ${port(lake, "commerce", "orders_v1")}`);
    return { figures: await figures(connection), silent: await silent(connection) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function figures(connection: DuckDBConnection): Promise<Explained[]> {
  const visits = (condition: string, dayOf: string): string =>
    `(select count(*) from (select distinct cookie_id, ${dayOf} from judged where ${condition}))`;
  const clean = "not is_copy and not is_late";
  const human = `${clean} and not is_bot`;
  const byGap = `(select count(*) from (
    select happened > lag(happened) over (partition by cookie_id order by happened, hit_id) + interval 30 minute as anew,
      row_number() over (partition by cookie_id order by happened, hit_id) = 1 as first from judged where ${human}) where anew or first)`;
  const unseen = "(select order_id from all_hits where order_id is not null)";
  return [
    await waterfall(
      connection,
      "page views",
      "(select sum(page_views) from report_daily)",
      "(select sum(page_views) from kpis)",
      [
        [
          "events that the new payload renamed",
          "(select count(*) from judged where shows_page and not counted_as_page)",
        ],
        ["hits that were sent twice", "-(select count(*) from judged where shows_page and is_copy)"],
        [
          "hits that came more than an hour late",
          "-(select count(*) from judged where shows_page and not is_copy and is_late)",
        ],
        ["bots", `-(select count(*) from judged where shows_page and ${clean} and is_bot)`],
      ],
    ),
    await waterfall(
      connection,
      "sessions",
      "(select sum(visits) from report_daily)",
      "(select sum(sessions) from kpis)",
      [
        [
          "hits sent twice or late",
          `${visits(clean, "hit_time_local::date")} - ${visits("true", "hit_time_local::date")}`,
        ],
        ["bots", `${visits(human, "hit_time_local::date")} - ${visits(clean, "hit_time_local::date")}`],
        [
          "days of the server's clock, not UTC",
          `${visits(human, "happened::date")} - ${visits(human, "hit_time_local::date")}`,
        ],
        ["visits, not days: a gap of thirty minutes", `${byGap} - ${visits(human, "happened::date")}`],
      ],
    ),
    await waterfall(connection, "orders", "(select sum(orders) from report_daily)", "(select sum(orders) from kpis)", [
      ["purchases that were sent twice", "-(select count(*) from judged where revenue is not null and is_copy)"],
      ["orders that the tracker never saw", `(select count(*) from orders where order_id not in ${unseen})`],
    ]),
    await waterfall(
      connection,
      "revenue (EUR)",
      "(select sum(revenue)::decimal(18, 2) from report_daily)",
      "(select sum(net_revenue)::decimal(18, 2) from kpis)",
      [
        [
          "purchases that were sent twice",
          "-(select coalesce(sum(revenue), 0)::decimal(18, 2) from judged where is_copy)",
        ],
        [
          "orders that the tracker never saw",
          `(select coalesce(sum(gross_amount), 0)::decimal(18, 2) from orders where order_id not in ${unseen})`,
        ],
        ["what customers sent back", "-(select coalesce(sum(returned_amount), 0)::decimal(18, 2) from orders)"],
      ],
    ),
    await waterfall(
      connection,
      "bounce rate (%)",
      percent("bounces", "visits", "report_daily"),
      percent("bounces", "sessions", "kpis"),
    ),
    await waterfall(
      connection,
      "conversion rate (%)",
      percent("visits_with_order", "visits", "report_daily"),
      percent("converting_sessions", "sessions", "kpis"),
    ),
  ];
}

async function silent(connection: DuckDBConnection): Promise<Comparison["silent"]> {
  const count = async (finding: string, sql: string): Promise<{ finding: string; count: string }> => ({
    finding,
    count: await value(connection, sql),
  });
  return [
    await count(
      "orders that stand on another day than in the books",
      "(select count(*) from judged where revenue is not null and not is_copy and happened::date <> hit_time_local::date)",
    ),
    await count(
      "rows of report_visits with a readable e-mail address",
      "(select count(*) from report_visits where email is not null)",
    ),
    await count(
      "rows of report_visits with a readable IP address",
      "(select count(*) from report_visits where ip is not null)",
    ),
    await count(
      "visitors in customer_360 who had denied consent",
      "(select count(distinct email) from report_visits where email is not null and consent in ('0', 'denied'))",
    ),
    await count(
      "sources in report_campaigns for the campaigns' seven",
      "(select count(distinct source) from report_campaigns)",
    ),
  ];
}

async function waterfall(
  connection: DuckDBConnection,
  figure: string,
  monolith: string,
  mesh: string,
  reasons: readonly (readonly [string, string])[] = [],
): Promise<Explained> {
  const parts = reasons.map(([, sql]) => `(${sql})`);
  const changes: Reason[] = [];
  for (const [reason, sql] of reasons) changes.push({ reason, change: await value(connection, sql) });
  return {
    figure,
    monolith: await value(connection, monolith),
    mesh: await value(connection, mesh),
    reasons: changes,
    unexplained:
      parts.length === 0 ? undefined : await value(connection, `${mesh} - ${monolith} - (${parts.join(" + ")})`),
  };
}

async function value(connection: DuckDBConnection, sql: string): Promise<string> {
  const result = await connection.runAndReadAll(`select (${sql})::varchar`);
  return String(result.getRowsJson()[0]?.[0] ?? "none");
}

const percent = (part: string, whole: string, table: string): string =>
  `(select (100.0 * sum(${part}) / sum(${whole}))::decimal(6, 2) from ${table})`;

const quoted = (text: string): string => text.replaceAll("'", "''");

const port = (lake: string, domain: string, relation: string): string =>
  `select * from read_parquet('${quoted(join(lake, domain, relation, "current"))}/*.parquet')`;
