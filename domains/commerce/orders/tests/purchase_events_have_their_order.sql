-- Purchase events whose order is unknown to the shop, or was worth something else.
select events.order_id, events.revenue, orders.gross_amount
from {{ ref('web_platform', 'clickstream_events') }} as events
left join {{ ref('orders') }} as orders on orders.order_id = events.order_id
where events.event_type = 'purchase'
  and (orders.order_id is null or orders.gross_amount <> events.revenue)
