select id as user_id, email from {{ ref('raw_users') }}
