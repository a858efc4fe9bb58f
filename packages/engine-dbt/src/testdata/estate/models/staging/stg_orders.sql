select
    id as order_id,
    user_id,
    cast(amount as decimal(18, 2)) as amount,
    status,
    ordered_at
from {{ ref('raw_orders') }}
