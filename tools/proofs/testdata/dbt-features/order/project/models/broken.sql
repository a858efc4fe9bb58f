select nope from {{ ref('raw') }}
