-- The first copy of every hit that arrived in time. Incremental on the time of arrival: a hit that was taken once is
-- never taken again, so that a run over new files equals a run over all.
{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}

with received as (
    select *
    from {{ ref('stg_hits') }}
    where received_ts <= event_ts + to_minutes({{ var('latest_arrival_minutes') }})
    {% if is_incremental() %}
      and received_ts > (select max(received_ts) - interval 1 day from {{ this }})
      and hit_id not in (select event_id from {{ this }})
    {% endif %}
),

first_copies as (
    select *
    from received
    qualify row_number() over (partition by hit_id order by received_ts) = 1
)

select
    hits.hit_id::varchar as event_id,
    hits.event_ts::timestamp as event_ts,
    hits.received_ts::timestamp as received_ts,
    names.event_type::varchar as event_type,
    hits.visitor_key::varchar as visitor_key,
    hits.user_key::varchar as user_key,
    nullif(regexp_extract(hits.address, '^https://shop\.acme\.example(/[A-Za-z0-9/_.-]*)(\?.*)?$', 1), '')::varchar as page_path,
    nullif(regexp_extract(hits.referrer, '^https?://([^/]+)/', 1), '')::varchar as referrer_host,
    hits.utm_source::varchar as utm_source,
    hits.utm_medium::varchar as utm_medium,
    hits.utm_campaign::varchar as utm_campaign,
    hits.device::varchar as device,
    hits.country::varchar as country,
    hits.consent::varchar as consent,
    hits.user_agent::varchar as user_agent,
    hits.product_id::varchar as product_id,
    hits.quantity::integer as quantity,
    hits.order_id::varchar as order_id,
    hits.revenue::decimal(12, 2) as revenue,
    hits.payload_version::integer as payload_version
from first_copies as hits
join {{ ref('event_names') }} as names
    on names.payload_version = hits.payload_version
    and names.name = hits.event_name
