-- Days whose first step is not the number of human visits.
with visits as (
    select session_date, device, count(*) as sessions
    from {{ ref('sessions') }}
    where not is_bot
    group by session_date, device
)

select visits.session_date, visits.device
from visits
left join {{ ref('checkout_funnel') }} as funnel
    on funnel.funnel_date = visits.session_date and funnel.device = visits.device and funnel.step_no = 1
where funnel.sessions is distinct from visits.sessions
