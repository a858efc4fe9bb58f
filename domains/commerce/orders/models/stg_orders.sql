-- Orders without the address they were sent to.
{{ config(materialized='view') }}

select
    order_id,
    {{ pseudonym('customer_id') }} as user_key,
    ordered_at,
    currency,
    payment_method,
    total
from {{ source('raw_shop', 'orders') }}
