-- One row per visit. Bots have visits too, marked as such: the hits of all rows add up to the events of the clickstream.
{{ config(materialized='table') }}

with visits as (
    select
        visitor_key,
        arg_min(event_id, (event_ts, event_id)) as first_event_id,
        min(event_ts) as started_at,
        max(event_ts) as ended_at,
        count(*) as hits,
        count(*) filter (where event_type in ('page_view', 'product_view')) as page_views,
        count(*) filter (where event_type = 'purchase') as purchases,
        bool_or(is_bot) as is_bot,
        bool_and(may_attribute) as may_attribute
    from {{ ref('int_session_events') }}
    group by visitor_key, visit_number
)

select
    ('ses-' || visits.first_event_id)::varchar as session_id,
    visits.visitor_key::varchar as visitor_key,
    identities.user_key::varchar as user_key,
    coalesce(identities.user_key, visits.visitor_key)::varchar as person_key,
    visits.started_at::timestamp as started_at,
    visits.ended_at::timestamp as ended_at,
    visits.started_at::date as session_date,
    visits.hits::bigint as hits,
    visits.page_views::bigint as page_views,
    visits.purchases::bigint as purchases,
    first_events.page_path::varchar as landing_path,
    first_events.referrer_host::varchar as referrer_host,
    first_events.utm_source::varchar as utm_source,
    first_events.utm_medium::varchar as utm_medium,
    first_events.utm_campaign::varchar as utm_campaign,
    first_events.device::varchar as device,
    first_events.country::varchar as country,
    visits.is_bot::boolean as is_bot,
    visits.may_attribute::boolean as may_attribute,
    (visits.hits = 1)::boolean as is_bounce,
    (visits.purchases > 0)::boolean as is_converted
from visits
join {{ ref('web_platform', 'clickstream_events') }} as first_events
    on first_events.event_id = visits.first_event_id
left join {{ ref('identity', 'identity_map') }} as identities
    on identities.visitor_key = visits.visitor_key
