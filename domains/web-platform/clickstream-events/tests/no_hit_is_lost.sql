-- Every hit that came in time is an event, and every event is such a hit. Fails with the ids that are on one side only.
with in_time as (
    select distinct hit_id
    from {{ ref('stg_hits') }}
    where received_ts <= event_ts + to_minutes({{ var('latest_arrival_minutes') }})
)

select hit_id, event_id
from in_time
full outer join {{ ref('clickstream_events') }} on event_id = hit_id
where hit_id is null or event_id is null
