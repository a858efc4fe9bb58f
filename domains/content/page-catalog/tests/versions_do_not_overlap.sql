-- Two versions of a page that were shown at the same time.
select early.page_id, early.valid_from, late.valid_from as overlapping_from
from {{ ref('page_catalog') }} as early
join {{ ref('page_catalog') }} as late
    on late.page_id = early.page_id
    and late.valid_from > early.valid_from
    and late.valid_from < coalesce(early.valid_to, timestamp '9999-12-31')
