-- Orders that one model shares and another does not.
select order_id
from {{ ref('attribution') }}
group by order_id
having count(distinct model) <> {{ attribution_models() | length }}
