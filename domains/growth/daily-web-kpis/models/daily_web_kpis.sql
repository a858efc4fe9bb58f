-- One row per day, days without visit and order included: visits of humans from behaviour, money from commerce.
-- Days are UTC days.
{{ config(materialized='table') }}

with visits as (
    select
        session_date as kpi_date,
        count(*) as sessions,
        count(distinct visitor_key) as visitors,
        sum(page_views) as page_views,
        count(*) filter (where is_bounce) as bounces,
        count(*) filter (where is_converted) as converting_sessions
    from {{ ref('behaviour', 'sessions') }}
    where not is_bot
    group by session_date
),

sales as (
    select
        order_date as kpi_date,
        count(*) as orders,
        sum(gross_amount) as gross_revenue,
        sum(net_amount) as net_revenue
    from {{ ref('commerce', 'orders') }}
    group by order_date
),

days as (
    select unnest(generate_series(min(kpi_date), max(kpi_date), interval 1 day))::date as kpi_date
    from (select kpi_date from visits union all select kpi_date from sales) as known
)

select
    days.kpi_date::date as kpi_date,
    coalesce(visits.sessions, 0)::bigint as sessions,
    coalesce(visits.visitors, 0)::bigint as visitors,
    coalesce(visits.page_views, 0)::bigint as page_views,
    coalesce(visits.bounces, 0)::bigint as bounces,
    coalesce(visits.converting_sessions, 0)::bigint as converting_sessions,
    coalesce(sales.orders, 0)::bigint as orders,
    coalesce(sales.gross_revenue, 0)::decimal(14, 2) as gross_revenue,
    coalesce(sales.net_revenue, 0)::decimal(14, 2) as net_revenue,
    (visits.bounces / visits.sessions)::decimal(7, 6) as bounce_rate,
    (visits.converting_sessions / visits.sessions)::decimal(7, 6) as conversion_rate,
    round(sales.gross_revenue / sales.orders, 2)::decimal(12, 2) as average_order_value
from days
left join visits on visits.kpi_date = days.kpi_date
left join sales on sales.kpi_date = days.kpi_date
