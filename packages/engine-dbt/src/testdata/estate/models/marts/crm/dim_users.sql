with spent as (
    select user_id, sum(amount) as spent from {{ ref('stg_orders') }} group by 1
)
select u.user_id, u.email, s.spent
from {{ ref('stg_users') }} as u
left join spent as s on u.user_id = s.user_id
