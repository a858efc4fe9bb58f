-- Orders whose touches do not share exactly one whole, by model.
select order_id, model, sum(weight) as total
from {{ ref('attribution') }}
group by order_id, model
having sum(weight) <> 1
