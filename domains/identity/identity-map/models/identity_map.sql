-- One row per browser that a customer has logged in with. E-mail, name and phone are masked here, so that no table of
-- this mesh holds them in clear, whoever builds it.
{{ config(materialized='table') }}

select
    {{ pseudonym('links.cookie_id') }}::varchar as visitor_key,
    {{ pseudonym('links.customer_id') }}::varchar as user_key,
    links.linked_at::timestamp as linked_at,
    accounts.country::varchar as country,
    {{ masked_hash('lower(trim(accounts.email))') }}::varchar as email,
    ({{ masked_redact("accounts.first_name || ' ' || accounts.last_name") }})::varchar as full_name,
    ({{ masked_partial('accounts.phone') }})::varchar as phone
from {{ source('raw_identity', 'cookie_links') }} as links
join {{ ref('stg_living_accounts') }} as accounts on accounts.customer_id = links.customer_id
qualify row_number() over (partition by links.cookie_id order by links.linked_at) = 1
