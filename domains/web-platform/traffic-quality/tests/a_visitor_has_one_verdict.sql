-- A visitor is a bot or is none: half a visit cannot be one.
select visitor_key
from {{ ref('traffic_quality') }}
group by visitor_key
having count(distinct is_bot) > 1
