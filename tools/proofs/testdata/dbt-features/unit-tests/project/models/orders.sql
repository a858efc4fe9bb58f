select id, amount, cast(happened as date) as happened, ok from {{ ref('raw') }}
