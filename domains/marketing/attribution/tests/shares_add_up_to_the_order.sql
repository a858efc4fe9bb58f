-- Orders of which more or less was given away than they were worth, by model.
select attribution.order_id, attribution.model, sum(attribution.attributed_revenue) as given, any_value(orders.gross_amount) as worth
from {{ ref('attribution') }} as attribution
join {{ ref('commerce', 'orders') }} as orders on orders.order_id = attribution.order_id
group by attribution.order_id, attribution.model
having sum(attribution.attributed_revenue) <> any_value(orders.gross_amount)
