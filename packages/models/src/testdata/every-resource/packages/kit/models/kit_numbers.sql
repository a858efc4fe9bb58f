{{ config(tags=['inline']) }}
select n, '{{ var("kit_word") }}' as word
from {{ ref('kit_seed') }}
limit {{ var('kit_limit') }}
