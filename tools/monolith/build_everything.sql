-- The nightly script before the mesh: one table of hits in, every report out. Kept to compare with, faults included.
-- Expects the variable `data` to name the directory of the raw tables:  set variable data = '.mesh/data';

create or replace table all_hits as
select
    *,
    -- added in a hurry when the tracker changed its payload
    coalesce(event, event_type) as what,
    coalesce(url, page_url) as where_at
from read_parquet(getvariable('data') || '/raw_web/hits/*.parquet');

create or replace table report_visits as
select
    cookie_id,
    hit_time_local::date as day,
    max(user_id) as user_id,
    max(email) as email,
    max(full_name) as full_name,
    max(ip) as ip,
    max(consent) as consent,
    max(lower(utm_source)) as source,
    count(*) as hits,
    sum(case when what in ('view', 'product', 'page_view') then 1 else 0 end) as page_views,
    sum(case when revenue is not null then 1 else 0 end) as orders,
    sum(revenue) as revenue
from all_hits
group by cookie_id, hit_time_local::date;

create or replace table report_daily as
select
    day,
    count(*) as visits,
    sum(page_views) as page_views,
    sum(case when hits = 1 then 1 else 0 end) as bounces,
    sum(case when orders > 0 then 1 else 0 end) as visits_with_order,
    sum(orders) as orders,
    coalesce(sum(revenue), 0) as revenue
from report_visits
group by day;

create or replace table report_campaigns as
select day, source, count(*) as visits, coalesce(sum(revenue), 0) as revenue
from report_visits
group by day, source;

-- everybody's favourite
create or replace table customer_360 as
select email, full_name, max(ip) as ip, count(*) as visits, sum(orders) as orders, sum(revenue) as revenue
from report_visits
where email is not null
group by email, full_name;
