-- Pieces that came back, by order line.
{{ config(materialized='ephemeral') }}

select order_id, line_no, sum(quantity) as returned_quantity
from {{ source('raw_shop', 'returns') }}
group by order_id, line_no
