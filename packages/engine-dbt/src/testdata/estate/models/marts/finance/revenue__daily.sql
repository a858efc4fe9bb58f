select
    ordered_at as day,
    count(*) as orders,
    sum(amount) as revenue
from {{ ref('stg_orders') }}
where status <> 'returned'
group by 1
