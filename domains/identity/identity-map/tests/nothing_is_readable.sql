-- Rows that show an address, a name or a phone number of the account service.
select identities.visitor_key
from {{ ref('identity_map') }} as identities
join {{ ref('stg_living_accounts') }} as accounts
    on identities.user_key = {{ pseudonym('accounts.customer_id') }}
where identities.email = lower(trim(accounts.email))
   or contains(identities.full_name, accounts.last_name)
   or identities.phone = accounts.phone
