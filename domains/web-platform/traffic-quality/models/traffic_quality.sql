-- One row per event: made by a bot or not, and what the visitor allows.
{{ config(materialized='table') }}

select
    events.event_id::varchar as event_id,
    events.event_ts::timestamp as event_ts,
    events.visitor_key::varchar as visitor_key,
    (bots.visitor_key is not null)::boolean as is_bot,
    bots.bot_rule::varchar as bot_rule,
    events.consent::varchar as consent,
    (bots.visitor_key is null and events.consent = 'granted')::boolean as may_attribute
from {{ ref('clickstream_events') }} as events
left join {{ ref('int_bot_visitors') }} as bots
    on bots.visitor_key = events.visitor_key
