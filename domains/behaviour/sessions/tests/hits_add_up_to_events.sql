-- One row when the visits hold more or fewer hits than the clickstream has events.
select visits.hits, clickstream.events
from (select coalesce(sum(hits), 0) as hits from {{ ref('sessions') }}) as visits
cross join (select count(*) as events from {{ ref('web_platform', 'clickstream_events') }}) as clickstream
where visits.hits <> clickstream.events
