/** How each figure of `expected.json` is read off a built port. Only adding up: the rules are in the products' SQL. */
export interface Measure {
  readonly product: string;
  readonly port: string;
  readonly major: number;
  /** Yields rows of (name, value as text); `{port}` stands for the port's rows. */
  readonly sql: string;
}

const count = (name: string, where = "true"): string =>
  `select '${name}' as name, count(*)::varchar as value from {port} where ${where}`;
const sum = (name: string, column: string): string =>
  `select '${name}' as name, coalesce(sum(${column}), 0)::decimal(18, 2)::varchar as value from {port}`;
const all = (...parts: readonly string[]): string => parts.join(" union all ");

const kpi = (name: string, column: string): string =>
  `select kpi_date::varchar || ' ${name}' as name, ${column}::varchar as value from {port}`;

export const measures: readonly Measure[] = [
  {
    product: "web-platform.clickstream-events",
    port: "clickstream_events",
    major: 2,
    sql: all(
      count("events"),
      count("events with a user", "user_key is not null"),
      count("events without a readable path", "page_path is null"),
      count("events with a campaign", "utm_campaign is not null"),
      sum("purchase revenue", "revenue"),
      "select 'events of version ' || payload_version, count(*)::varchar from {port} group by payload_version",
      "select event_type || ' events', count(*)::varchar from {port} group by event_type",
    ),
  },
  {
    product: "web-platform.traffic-quality",
    port: "traffic_quality",
    major: 1,
    sql: all(
      count("events"),
      count("bot events", "is_bot"),
      count("events with consent", "consent = 'granted'"),
      "select 'bot visitors', count(distinct visitor_key)::varchar from {port} where is_bot",
    ),
  },
  {
    product: "identity.identity-map",
    port: "identity_map",
    major: 1,
    sql: all(count("linked visitors"), "select 'users', count(distinct user_key)::varchar from {port}"),
  },
  {
    product: "content.page-catalog",
    port: "page_catalog",
    major: 1,
    sql: all(count("versions"), count("current pages", "is_current")),
  },
  {
    product: "commerce.orders",
    port: "orders",
    major: 1,
    sql: all(
      count("orders"),
      count("tracked orders", "is_tracked"),
      count("orders with returns", "return_state <> 'kept'"),
      sum("gross revenue", "gross_amount"),
      sum("net revenue", "net_amount"),
    ),
  },
  { product: "commerce.orders", port: "order_lines", major: 1, sql: count("order lines") },
  {
    product: "marketing.campaigns",
    port: "campaigns",
    major: 1,
    sql: all(count("campaigns"), count("cpc campaigns", "utm_medium = 'cpc'"), sum("budget", "budget")),
  },
  {
    product: "behaviour.sessions",
    port: "sessions",
    major: 1,
    sql: all(
      count("sessions"),
      "select 'hits', coalesce(sum(hits), 0)::varchar from {port}",
      count("human sessions", "not is_bot"),
      count("human bounces", "not is_bot and is_bounce"),
      count("human converting sessions", "not is_bot and is_converted"),
    ),
  },
  {
    product: "behaviour.checkout-funnel",
    port: "checkout_funnel",
    major: 1,
    sql: "select 'sessions at ' || step as name, sum(sessions)::varchar as value from {port} group by step",
  },
  {
    product: "marketing.attribution",
    port: "attribution",
    major: 1,
    sql: all(
      "select 'attributed orders' as name, count(distinct order_id)::varchar as value from {port}",
      "select model || ' touches', count(*)::varchar from {port} group by model",
      "select model || ' revenue', sum(attributed_revenue)::decimal(18, 2)::varchar from {port} group by model",
      "select model || ' revenue from ' || channel, sum(attributed_revenue)::decimal(18, 2)::varchar from {port} group by model, channel",
    ),
  },
  {
    product: "growth.daily-web-kpis",
    port: "daily_web_kpis",
    major: 1,
    sql: all(
      count("days"),
      kpi("sessions", "sessions"),
      kpi("visitors", "visitors"),
      kpi("page views", "page_views"),
      kpi("bounces", "bounces"),
      kpi("converting sessions", "converting_sessions"),
      kpi("orders", "orders"),
      kpi("gross revenue", "gross_revenue"),
      kpi("net revenue", "net_revenue"),
    ),
  },
];
