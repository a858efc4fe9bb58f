-- One row when the days' visits are not the visits of humans.
select kpis.sessions as counted, visits.sessions as human
from (select coalesce(sum(sessions), 0) as sessions from {{ ref('daily_web_kpis') }}) as kpis
cross join (select count(*) as sessions from {{ ref('behaviour', 'sessions') }} where not is_bot) as visits
where kpis.sessions <> visits.sessions
