-- Visitors that are no humans: by the name they give themselves, or by a pace that no hand keeps up.
{{ config(materialized='ephemeral') }}

with named as (
    select distinct events.visitor_key
    from {{ ref('clickstream_events') }} as events
    join {{ ref('bot_agents') }} as agents
        on contains(lower(events.user_agent), agents.fragment)
),

fast as (
    select distinct visitor_key
    from (
        select visitor_key
        from {{ ref('clickstream_events') }}
        group by visitor_key, date_trunc('minute', event_ts)
        having count(*) >= {{ var('bot_events_per_minute') }}
    ) as busy_minutes
)

select
    coalesce(named.visitor_key, fast.visitor_key) as visitor_key,
    case when named.visitor_key is not null then 'user_agent' else 'pace' end as bot_rule
from named
full outer join fast on fast.visitor_key = named.visitor_key
