-- Orders whose lines do not add up to what the shop charged, or that have no line at all.
select shop.order_id, shop.total, orders.gross_amount
from {{ ref('stg_orders') }} as shop
left join {{ ref('orders') }} as orders on orders.order_id = shop.order_id
where orders.order_id is null or orders.gross_amount <> shop.total
