-- Accounts whose owner did not ask to be forgotten. Nothing downstream of this model knows the others.
{{ config(materialized='view') }}

select accounts.*
from {{ source('raw_identity', 'accounts') }} as accounts
where accounts.customer_id not in (
    select requests.customer_id
    from {{ source('raw_identity', 'deletion_requests') }} as requests
)
