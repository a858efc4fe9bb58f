select u.user_id, u.spent, (select max(revenue) from {{ ref('revenue__daily') }}) as best_day
from {{ ref('dim_users') }} as u
order by u.spent desc
limit 10
