-- Events without a verdict.
select events.event_id
from {{ ref('clickstream_events') }} as events
left join {{ ref('traffic_quality') }} as quality on quality.event_id = events.event_id
where quality.event_id is null
