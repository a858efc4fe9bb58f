-- One row per received hit, both payload versions under the same names. Personal columns stop here.
{{ config(materialized='view') }}

select
    hit_id,
    payload_version,
    case payload_version when 1 then make_timestamp(ts * 1000000) else make_timestamp(ts_ms * 1000) end as event_ts,
    received_at as received_ts,
    case payload_version when 1 then event else event_type end as event_name,
    {{ pseudonym('cookie_id') }} as visitor_key,
    {{ pseudonym("nullif(user_id, 'null')") }} as user_key,
    case payload_version when 1 then url else page_url end as address,
    referrer,
    nullif(lower(trim(utm_source)), '') as utm_source,
    nullif(lower(trim(utm_medium)), '') as utm_medium,
    nullif(lower(trim(utm_campaign)), '') as utm_campaign,
    device,
    country,
    case
        when consent in ('1', 'granted') then 'granted'
        when consent in ('0', 'denied') then 'denied'
        else 'unknown'
    end as consent,
    user_agent,
    product_id,
    quantity,
    order_id,
    revenue
from {{ source('raw_web', 'hits') }}
