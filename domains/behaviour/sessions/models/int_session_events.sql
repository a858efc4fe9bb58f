-- Events with the number of their visit: a new one begins where more than the gap lies between two events of a visitor.
{{ config(materialized='ephemeral') }}

with judged as (
    select events.*, quality.is_bot, quality.may_attribute
    from {{ ref('web_platform', 'clickstream_events') }} as events
    join {{ ref('web_platform', 'traffic_quality') }} as quality on quality.event_id = events.event_id
),

marked as (
    select
        *,
        case
            when event_ts > lag(event_ts) over (partition by visitor_key order by event_ts, event_id)
                + to_minutes({{ var('session_gap_minutes') }}) then 1
            else 0
        end as begins_anew
    from judged
)

select
    *,
    sum(begins_anew) over (
        partition by visitor_key order by event_ts, event_id rows between unbounded preceding and current row
    ) as visit_number
from marked
