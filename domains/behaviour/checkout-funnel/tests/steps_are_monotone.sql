-- Steps that more visits reached than the step before.
select later.funnel_date, later.device, later.step
from {{ ref('checkout_funnel') }} as later
join {{ ref('checkout_funnel') }} as former
    on former.funnel_date = later.funnel_date
    and former.device = later.device
    and former.step_no = later.step_no - 1
where later.sessions > former.sessions
