-- Customers who asked to be deleted and still have a row.
select requests.customer_id
from {{ source('raw_identity', 'deletion_requests') }} as requests
join {{ ref('identity_map') }} as identities
    on identities.user_key = {{ pseudonym('requests.customer_id') }}
