-- Every version of every page with the time it was shown: from its change to the next one.
{{ config(materialized='view') }}

with versions as (
    select
        page_id,
        path,
        title,
        section,
        changed_at,
        lead(changed_at) over (partition by page_id order by changed_at) as next_change
    from {{ source('raw_content', 'pages') }}
)

select
    page_id::varchar as page_id,
    path::varchar as page_path,
    title::varchar as title,
    section::varchar as section,
    changed_at::timestamp as valid_from,
    next_change::timestamp as valid_to,
    (next_change is null)::boolean as is_current
from versions
