-- Visits of one visitor that begin less than the gap after the former one ended.
select visitor_key, session_id
from (
    select
        visitor_key,
        session_id,
        started_at,
        lag(ended_at) over (partition by visitor_key order by started_at) as former_end
    from {{ ref('sessions') }}
) as visits
where started_at <= former_end + to_minutes({{ var('session_gap_minutes') }})
